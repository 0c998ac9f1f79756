import { expandGlob, parentOf } from '@prism-build/containerfile';
import type { Result } from '@prism-build/errors';
import type { Tree } from './node';
import { baseName, entriesBelow, joinPath, nodeAt, resolvePath, toTreePath } from './tree';

/** The paths of a tree that a pattern of COPY matches, sorted, through links to directories. Failure: GLOB_BAD_PATTERN. */
export function expandSources(tree: Tree, pattern: string): Result<string[]> {
  const found = expandGlob(pattern, {
    list: (directory) => listNames(tree, directory),
    exists: (path) => {
      const real = resolvePath(tree, parentOf(path));
      return real !== undefined && nodeAt(tree, joinPath(real, baseName(path))) !== undefined;
    },
  });
  return found.ok ? { ok: true, value: found.value.map(toTreePath) } : found;
}

function listNames(tree: Tree, directory: string): string[] {
  const real = resolvePath(tree, directory);
  if (real === undefined || nodeAt(tree, real)?.type !== 'directory') return [];
  const start = real === '' ? 0 : real.length + 1;
  const names = [...entriesBelow(tree, real)].map(([path]) => path.slice(start));
  return names.filter((name) => !name.includes('/'));
}
