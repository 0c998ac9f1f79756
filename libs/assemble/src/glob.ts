import { hasGlob, matchGlob } from '@prism-build/containerfile';
import { ok, type Result } from '@prism-build/errors';
import type { Tree } from './node';
import { entriesBelow, joinPath, nodeAt, resolvePath, toTreePath } from './tree';

/**
 * The paths that match a pattern, sorted, like Go's filepath.Glob: part by part, through links to directories. Returns a
 * pattern without wildcards unchanged, even if the path does not exist.
 */
export function expandGlob(tree: Tree, pattern: string): Result<string[]> {
  if (!hasGlob(pattern)) return ok([toTreePath(dropEscapes(pattern))]);
  let found = [''];
  for (const part of pattern.split('/').filter(Boolean)) {
    const next: string[] = [];
    for (const directory of found) {
      for (const name of childrenOf(tree, directory)) {
        const match = matchGlob(part, name);
        if (!match.ok) return match;
        if (match.value) next.push(joinPath(directory, name));
      }
    }
    found = next;
  }
  return ok(found.sort());
}

function childrenOf(tree: Tree, directory: string): string[] {
  const real = resolvePath(tree, directory);
  if (real === undefined || nodeAt(tree, real)?.type !== 'directory') return [];
  const start = real === '' ? 0 : real.length + 1;
  const names = [...entriesBelow(tree, real)].map(([path]) => path.slice(start));
  return names.filter((name) => !name.includes('/'));
}

/** In a path without wildcards a backslash still escapes. */
function dropEscapes(pattern: string): string {
  return pattern.replace(/\\(.)/gs, '$1');
}
