import { posix } from 'node:path';

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

/** Removes quotes around a value and backslashes in it (git-config(1)). */
function unquote(value: string): string {
  const quoted = /^"(.*)"$/.exec(value)?.[1];
  return (quoted ?? value).replaceAll(/\\(.)/g, '$1');
}
