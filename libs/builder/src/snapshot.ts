import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { join } from 'node:path';

/** Digest of the paths and contents of a directory, or of some parts of it; undefined if it does not exist. */
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
