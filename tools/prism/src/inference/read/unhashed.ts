import { createHash } from 'node:crypto';
import { type IgnoreMatcher, ignoreNothing } from '@prism-build/containerfile';
import type { Result } from '@prism-build/errors';
import {
  type Files,
  listUnhashed,
  listUnhashedParts,
  type StageReading,
  type Unhashed,
  type UnhashedRequest,
} from '@prism-build/workspace';
import { hashesIgnoredFiles } from '../../nx/nxVersion';
import type { CompileReads, Component } from './component';
import { listOwnFiles } from './keys';

export interface UnhashedFacts {
  readonly containerfile: string;
  readonly context: string;
  readonly rules: Result<IgnoreMatcher>;
  readonly rootfs?: boolean;
}

/**
 * Facts that an image's own stages read and Nx does not hash.
 *
 * @param component with its links followed
 */
export function readImageUnhashed(
  facts: UnhashedFacts,
  component: Pick<Component, 'image' | 'modes'> | undefined,
  files: Files,
): Unhashed {
  if (!component || !facts.rules.ok || facts.context.startsWith('..'))
    return withContainerfile(nothing, facts, files);
  const { image, modes } = component;
  return withContainerfile(listUnhashed(requestOf(facts, files), image, modes), facts, files);
}

/**
 * Facts that a compile stage reads and Nx does not hash.
 *
 * @param compile with its links followed
 */
export function readCompileUnhashed(
  facts: UnhashedFacts,
  { sources }: CompileReads,
  reading: StageReading | undefined,
  files: Files,
): Unhashed {
  if (!facts.rules.ok || facts.context.startsWith('..')) return withContainerfile(nothing, facts, files);
  const request = requestOf(facts, files);
  if (reading?.closure) {
    const { workspace, except } = reading.closure;
    return withContainerfile(listUnhashedParts(request, workspace, except), facts, files);
  }
  return withContainerfile(listUnhashed(request, sources, sources), facts, files);
}

/**
 * A digest of the files that define a target besides the Containerfile; undefined if there are none. They are inputs
 * too, for `affected`; but git may ignore one that a tool writes, and its time may be an old one. Nx hashes each
 * Containerfile that it finds; for a link, it has hashed the earlier target of the link.
 */
export function readDefinition(
  facts: Pick<UnhashedFacts, 'containerfile' | 'context' | 'rootfs'>,
  more: readonly string[],
  files: Files,
): string | undefined {
  const paths = [...listOwnFiles(facts), ...more].filter((path) => {
    const kind = files.kindOf(path);
    return kind !== 'none' && (kind === 'link' || path !== facts.containerfile);
  });
  if (paths.length === 0) return undefined;
  const hash = createHash('sha256');
  for (const path of paths) hash.update(`${path}\0${files.contentsOf(path)}\n`);
  return hash.digest('hex').slice(0, 16);
}

/** Includes the Containerfile if its modification time was set. */
function withContainerfile(found: Unhashed, { containerfile }: UnhashedFacts, files: Files): Unhashed {
  if (!files.stateOf(containerfile).restamped) return found;
  const own = { path: containerfile, contents: files.contentsOf(containerfile) };
  return { ...found, restamped: [...found.restamped, own] };
}

const nothing: Unhashed = { facts: [], restamped: [] };

function requestOf({ context, rules }: UnhashedFacts, files: Files): UnhashedRequest {
  return { context, rules: rules.ok ? rules.value : ignoreNothing, files, every: !hashesIgnoredFiles() };
}
