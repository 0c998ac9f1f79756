/**
 * Directories and files that Nx never hashes, whatever an input says: its walker skips them
 * before it reads ignore files, even with `includeIgnored` (packages/nx/src/native/walker.rs of nx 23 and 24).
 * Wider than its list (`.nx/cache`, `.nx/workspace-data`, `.yarn/cache`): hashing them twice does no harm.
 */
const directories = new Set(['node_modules', '.git', '.jj', '.nx', '.yarn']);
const timestamp = /^vi(te|test)\.config\..*timestamp/;

/** Cannot be in a cache key: every command of git or Nx changes them. */
const restless = new Set(['.git', '.jj', '.nx']);

export function isPassedOver(name: string): boolean {
  // Nx reads a backslash as a separator, and so hashes such a file under a path that does not exist.
  return directories.has(name) || timestamp.test(name) || name.includes('\\');
}

/** Whether a directory of this name changes with every command. */
export function isRestless(name: string): boolean {
  return restless.has(name);
}
