import { dirname } from 'node:path';

/**
 * The changed files that concern each component, by what each reads. A new file concerns those that read a file beside or
 * above it, and all if there is none. Paths are absolute.
 *
 * @param root what is read there, `go.work` for example, says nothing about files below it
 */
export function listConcerned(
  root: string,
  reads: readonly (readonly string[])[],
  changed: readonly string[],
): string[][] {
  const known = reads.map((files) => ({ files: new Set(files), directories: new Set(files.map(dirname)) }));
  const concerns = (path: string) =>
    known.map(
      ({ files, directories }) =>
        files.has(path) ||
        parentsOf(root, path).some((one, depth) => (depth === 0 || one !== root) && directories.has(one)),
    );
  const found = changed.map((path) => ({ path, by: concerns(path) }));
  return reads.map((_, at) => found.filter(({ by }) => by[at] || !by.includes(true)).map(({ path }) => path));
}

/** The directories above a path, the nearest first, up to the workspace. */
function parentsOf(root: string, path: string): string[] {
  const parent = dirname(path);
  if (parent === root || !parent.startsWith(`${root}/`)) return [parent];
  return [parent, ...parentsOf(root, parent)];
}
