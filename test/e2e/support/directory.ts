import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { base } from './base';
import { tryRun } from './run';

/** A temporary directory of this run. */
export function makeDirectory(name: string): string {
  return mkdtempSync(join(base(), `${name}-`));
}

/** Removes a directory that may contain read-only files (Go's modules) or another user's files (rootless storage). */
export async function removeDirectory(directory: string): Promise<void> {
  if (process.getuid?.() !== 0) await tryRun(['chmod', '-R', 'u+w', directory]).catch(() => undefined);
  rmSync(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
}
