import { posix } from 'node:path';

/**
 * Submodules in a workspace, by their directories, clean and relative to it. `.gitmodules` lies at the root of the
 * repository, which may be a directory above the workspace.
 *
 * @param root absolute, without links
 * @param look whether there is such a file or directory, relative to the workspace
 * @param list what a `.gitmodules` names, relative to where it lies; undefined: there is none
 */
export function findSubmodules(
  root: string,
  look: (path: string) => boolean,
  list: (path: string) => readonly string[] | undefined,
): readonly string[] {
  const parts = root.split('/').filter(Boolean);
  for (let depth = 0; depth <= parts.length; depth += 1) {
    const up = '../'.repeat(depth);
    if (!look(`${up}.git`)) continue;
    const inside = parts
      .slice(parts.length - depth)
      .map((part) => `${part}/`)
      .join('');
    return (list(`${up}.gitmodules`) ?? []).flatMap((path) =>
      path.startsWith(inside) ? [path.slice(inside.length)] : [],
    );
  }
  return list('.gitmodules') ?? [];
}

/** The directories that a `.gitmodules` names (gitmodules(5)), clean and relative to where it lies. */
export function listSubmodules(text: string): string[] {
  const paths = text.split('\n').flatMap((line) => {
    const value = /^\s*path\s*=\s*(.*?)\s*$/i.exec(line)?.[1];
    return value === undefined ? [] : [unquote(value)];
  });
  return [...new Set(paths.map((path) => posix.normalize(path).replace(/\/$/, '')))].filter(
    (path) => path !== '.' && !path.startsWith('..'),
  );
}

/** git-config(1): quotes around a value, and backslashes in it. */
function unquote(value: string): string {
  const quoted = /^"(.*)"$/.exec(value)?.[1];
  return (quoted ?? value).replaceAll(/\\(.)/g, '$1');
}
