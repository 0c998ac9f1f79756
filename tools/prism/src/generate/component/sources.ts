import { join } from 'node:path/posix';
import type { Tree } from '@nx/devkit';
import type { Sources } from './program';

/** Directories without sources of programs. */
const foreign = new Set([
  'node_modules',
  '.git',
  '.nx',
  '.prism',
  'dist',
  'target',
  '__pycache__',
  '.venv',
  'venv',
  'vendor',
]);

/** The workspace as Nx shows it to generators, including files that are not written to disk yet. */
export function treeSources(tree: Tree): Sources {
  const lists = new Map<string, string[]>();
  const walk = (directory: string): string[] => {
    if (!tree.exists(directory) || tree.isFile(directory)) return [];
    return tree
      .children(directory)
      .sort()
      .flatMap((name) => {
        const path = join(directory, name);
        if (tree.isFile(path)) return [path];
        return foreign.has(name) ? [] : walk(path);
      });
  };
  return {
    read: (path) =>
      tree.exists(path) && tree.isFile(path) ? (tree.read(path, 'utf-8') ?? undefined) : undefined,
    list(directory) {
      const known = lists.get(directory) ?? walk(directory);
      lists.set(directory, known);
      return known;
    },
  };
}
