/** Characters that mean something in Nx's patterns. */
export const special = /[{}()!+@#\\*?[\]]/;
const everySpecial = new RegExp(special, 'g');

/**
 * A path as Nx's patterns match it. No escape works everywhere: Nx looks for `(` and `{` before it looks at backslashes
 * and classes, and crashes on some of them. `?` stands for each such character in nx 23 and 24, in keys and in `affected`
 * (test/unit/filesets.spec.ts asks Nx). It also matches a neighbour whose name differs in that character only.
 */
export function literalPath(path: string): string {
  return special.test(path) ? path.replaceAll(everySpecial, '?') : path;
}

/** A path of the workspace as a fileset. */
export function workspaceFileset(path: string): string {
  return `{workspaceRoot}/${literalPath(path)}`;
}
