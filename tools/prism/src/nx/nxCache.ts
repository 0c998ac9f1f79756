import * as fs from 'node:fs';
import { join, relative } from 'node:path';
import { snapshot } from '@prism-build/builder';

/**
 * Replaces an altered entry of Nx's cache with the repaired output. Nx would otherwise restore the altered entry
 * again, even after `--skip-nx-cache`. The entry is found by its alteration, which equals that of the output.
 */
export function replaceInNxCache(
  root: string,
  directory: string,
  altered: string | undefined,
  parts?: readonly string[],
): void {
  const { cacheDir } = require('nx/src/utils/cache-directory') as { cacheDir: string };
  if (altered === undefined || !fs.existsSync(cacheDir)) return;
  for (const entry of fs.readdirSync(cacheDir)) {
    const cached = join(cacheDir, entry, relative(root, directory));
    if (snapshot(cached, parts) !== altered) continue;
    const fresh = `${cached}.${process.pid}`;
    fs.rmSync(fresh, { recursive: true, force: true });
    for (const part of parts ?? [''])
      fs.cpSync(join(directory, part), join(fresh, part), { recursive: true });
    fs.rmSync(cached, { recursive: true, force: true });
    fs.renameSync(fresh, cached);
  }
}
