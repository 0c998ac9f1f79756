import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { join, relative } from 'node:path';

/** Paths and contents of a directory, or of these parts of it, as one digest; undefined where there is none. */
export function snapshot(directory: string, parts?: readonly string[]): string | undefined {
  if (!fs.existsSync(directory)) return undefined;
  const hash = createHash('sha256');
  const visit = (below: string): void => {
    for (const entry of fs
      .readdirSync(join(directory, below), { withFileTypes: true })
      .sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = join(below, entry.name);
      if (below === '' && parts && !parts.includes(entry.name)) continue;
      if (entry.isDirectory()) visit(path);
      else
        hash.update(
          `${path}\0${createHash('sha256')
            .update(fs.readFileSync(join(directory, path)))
            .digest('hex')}\n`,
        );
    }
  };
  visit('');
  return hash.digest('hex');
}

/**
 * An altered entry of Nx's cache is restored as it is, again and again, and survives `--skip-nx-cache`. The entry
 * that an altered output came from is the one that is altered in the same way: it gets the repaired output.
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
