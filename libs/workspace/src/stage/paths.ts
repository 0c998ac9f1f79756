/** A path of a context as one of the workspace; '' is the root. */
export function inContext(context: string, path: string): string {
  return joined(context === '.' ? '' : context, path === '.' ? '' : path);
}

/** Joins clean paths; '' is the root. */
export function joined(directory: string, path: string): string {
  return directory === '' || path === '' ? `${directory}${path}` : `${directory}/${path}`;
}
