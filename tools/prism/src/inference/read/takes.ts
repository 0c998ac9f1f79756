import { posix } from 'node:path';
import type { ContextSource } from '@prism-build/containerfile';
import type { Wanted } from '../contexts/findContext';
import type { Taken } from '../outputs/findMakers';
import type { IsIgnored } from '../outputs/gitIgnore';
import type { Component } from './component';

/** Sources of a context as paths of the workspace, each once. Those outside of it are refused by the build. */
export function listTaken(context: string, sources: readonly ContextSource[], isIgnored: IsIgnored): Taken[] {
  const taken = new Map<string, Taken>();
  for (const { source, line } of sources) {
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
