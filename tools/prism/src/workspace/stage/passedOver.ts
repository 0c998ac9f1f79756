/**
 * Directories and files that Nx hashes under no circumstances, whatever an input says: its walker leaves them out
 * before it looks at ignore files, with `includeIgnored`, too (packages/nx/src/native/walker.rs of nx 23 and 24).
 * Wider than its list (`.nx/cache`, `.nx/workspace-data`, `.yarn/cache`): what is hashed twice does no harm.
 */
const directories = new Set(['node_modules', '.git', '.jj', '.nx', '.yarn']);
const timestamp = /^vi(te|test)\.config\..*timestamp/;

/** Of these nobody can make a key: they change with every command of git or Nx. */
const restless = new Set(['.git', '.jj', '.nx']);

export function isPassedOver(name: string): boolean {
  return directories.has(name) || timestamp.test(name);
}

/** Whether a directory of this name changes with every command. */
export function isRestless(name: string): boolean {
  return restless.has(name);
}
