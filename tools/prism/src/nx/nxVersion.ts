/** The version of the workspace's Nx. */
export function nxVersion(): string {
  return (require('nx/package.json') as { version: string }).version;
}

/** Cached, because `require` resolves the package at each call, and inference calls this for each component. */
let hashesThem: boolean | undefined;

/** Nx before 24 never hashes files that git ignores. */
export function hashesIgnoredFiles(): boolean {
  hashesThem ??= Number.parseInt(nxVersion(), 10) >= 24;
  return hashesThem;
}
