/** Kept, because `require` looks for the package at each call, and inference asks for each component. */
let hashesThem: boolean | undefined;

/** Nx before 24 hashes nothing that git ignores, whatever the inputs say. */
export function hashesIgnoredFiles(): boolean {
  hashesThem ??= Number.parseInt((require('nx/package.json') as { version: string }).version, 10) >= 24;
  return hashesThem;
}
