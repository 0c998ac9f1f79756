/** Go's path.Clean: no empty, `.` or (where a parent is known) `..` parts, no slash at the end; empty is `.`. */
export function cleanPath(path: string): string {
  const rooted = path.startsWith('/');
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (!rooted) parts.push(part);
  }
  const joined = (rooted ? '/' : '') + parts.join('/');
  return joined === '' ? '.' : joined;
}

/** The directory of a clean relative path; '' is the root, which is its own parent. */
export function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** A source relative to the root that it is copied from: `../x` and `/x` are `x`, the root itself is `.`. */
export function cleanSource(path: string): string {
  return cleanPath(cleanPath(`/${path}`).slice(1));
}
