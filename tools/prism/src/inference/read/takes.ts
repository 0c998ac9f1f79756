import { posix } from 'node:path';
import type { ContextSource } from '@prism-build/containerfile';
import type { Files, IsIgnored } from '@prism-build/workspace';
import type { Wanted } from '../contexts/findContext';
import type { Component } from './component';
import { followSources } from './links';

/** A path that a COPY, an ADD or a mount takes from the context. */
export interface Taken {
  /** Workspace-relative; may be a pattern; includes everything below it. */
  readonly path: string;
  readonly line: number;
  /** Whether git ignores it: then a target or a person made it. */
  readonly ignored: boolean;
}

/** What a step takes from its context, and what decides which parts other targets make. */
export interface Takes {
  readonly taken: readonly Taken[];
  /** Whether the image is made of files alone, without a RUN. */
  readonly onlyFiles: boolean;
}

/**
 * Sources of a context as paths of the workspace, each once, with the targets of links on the way: a target may make
 * what a link leads to. Those outside of the workspace are refused by the build.
 */
export function listTaken(
  context: string,
  sources: readonly ContextSource[],
  files: Files,
  isIgnored: IsIgnored,
): Taken[] {
  const taken = new Map<string, Taken>();
  for (const { source: written, line } of sources)
    for (const source of followSources(context, [written], files)) {
      if (source.kind !== 'path') continue;
      const joined = posix.join(context, source.path);
      const path = joined === '.' ? '' : joined;
      if (path.startsWith('..') || taken.has(path)) continue;
      taken.set(path, { path, line, ignored: isIgnored(path) });
    }
  return [...taken.values()];
}

/** The paths that the images of a Containerfile copy from their context. */
export function listWanted(components: readonly Component[]): Wanted[] {
  return components.flatMap(({ taken }) =>
    [...taken.image, ...taken.compile].flatMap(({ source, line }) =>
      source.kind === 'path' ? [{ path: source.path, line }] : [],
    ),
  );
}
