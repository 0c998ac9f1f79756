import { createHash } from 'node:crypto';
import { type IgnoreMatcher, ignoreNothing } from '@prism-build/containerfile';
import type { Result } from '@prism-build/errors';
import { hashesIgnoredFiles } from '../../workspace/nxVersion';
import type { Files } from '../../workspace/stage/files';
import type { StageReading } from '../../workspace/stage/reading';
import {
  listUnhashed,
  listUnhashedParts,
  type Unhashed,
  type UnhashedRequest,
} from '../../workspace/stage/unhashed';
import type { CompileReads, Component } from './component';
import { listOwnFiles } from './keys';
import { followSources } from './links';

export interface UnhashedFacts {
  readonly containerfile: string;
  readonly context: string;
  readonly rules: Result<IgnoreMatcher>;
  readonly rootfs?: boolean;
}

/** What an image's own stages read and Nx does not hash. */
export function readImageUnhashed(
  facts: UnhashedFacts,
  component: Pick<Component, 'image' | 'modes'> | undefined,
  files: Files,
): Unhashed {
  if (!component || !facts.rules.ok || facts.context.startsWith('..')) return nothing;
  const { image, modes } = component;
  const followed = followSources(facts.context, image, files);
  const kept = modes === image ? followed : followSources(facts.context, modes, files);
  return listUnhashed(requestOf(facts, files), followed, kept);
}

/** What a compile stage reads and Nx does not hash. */
export function readCompileUnhashed(
  facts: UnhashedFacts,
  { sources }: CompileReads,
  reading: StageReading | undefined,
  files: Files,
): Unhashed {
  if (!facts.rules.ok || facts.context.startsWith('..')) return nothing;
  const request = requestOf(facts, files);
  if (reading?.closure) return listUnhashedParts(request, reading.closure.workspace, reading.closure.except);
  const followed = followSources(facts.context, sources, files);
  return listUnhashed(request, followed, followed);
}

/**
 * A digest of the files that define a target. They are inputs, too, for `affected`; but git may ignore one that a tool
 * writes, it may be a link, and its time may be an old one.
 */
export function readDefinition(
  facts: Pick<UnhashedFacts, 'containerfile' | 'context' | 'rootfs'>,
  more: readonly string[],
  files: Files,
): string {
  const hash = createHash('sha256');
  for (const path of [...listOwnFiles(facts), ...more])
    if (files.kindOf(path) !== 'none') hash.update(`${path}\0${files.contentsOf(path)}\n`);
  return hash.digest('hex').slice(0, 16);
}

const nothing: Unhashed = { facts: [], restamped: [] };

function requestOf({ context, rules }: UnhashedFacts, files: Files): UnhashedRequest {
  return { context, rules: rules.ok ? rules.value : ignoreNothing, files, every: !hashesIgnoredFiles() };
}
