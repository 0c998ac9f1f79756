/** Directories at the root that are links into usr since the merge (usrmerge of Debian 12, Ubuntu 20.10). */
export const aliases = ['bin', 'sbin', 'lib', 'lib32', 'lib64', 'libx32'] as const;

/** The path in the image for a path of a package: `lib/x` becomes `usr/lib/x`. The link `lib` itself stays. */
export function placePath(path: string, isDirectory: boolean): string {
  const slash = path.indexOf('/');
  const first = slash < 0 ? path : path.slice(0, slash);
  if (!aliases.some((name) => name === first)) return path;
  return slash < 0 && !isDirectory ? path : `usr/${path}`;
}
