/** Nx before 24 hashes nothing that git ignores, whatever the inputs say. */
export function hashesIgnoredFiles(): boolean {
  const { version } = require('nx/package.json') as { version: string };
  return Number.parseInt(version, 10) >= 24;
}
