/** Joins `path` to `directory`, both absolute in an image. Keeps a trailing slash (or `/.`) as a slash. */
export function joinAbsolute(directory: string, path: string): string {
  const parts: string[] = [];
  for (const part of (path.startsWith('/') ? path : `${directory}/${path}`).split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') parts.pop();
    else parts.push(part);
  }
  const slash = parts.length > 0 && (path === '' || /(^|\/)\.?$/.test(path)) ? '/' : '';
  return `/${parts.join('/')}${slash}`;
}

export function withoutSlash(path: string): string {
  return path === '/' ? path : path.replace(/\/$/, '');
}
