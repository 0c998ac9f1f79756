import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { type Keep, keepBytes } from '../tarTree';

/** Contents from this size on go to the disk, in bytes: small files are many, large ones are what fills memory. */
const threshold = 32 * 1024;
/** What small contents may fill together, in bytes; then they go to the disk too. */
const budget = 64 * 1024 * 1024;

/**
 * Holds contents as files of `directory` (made with the first) but for small ones. Whoever named the directory removes it
 * when the trees are no longer used.
 */
export function spillTo(directory: string, limits = { threshold, budget }): Keep {
  let count = 0;
  let held = 0;
  return async (size, content) => {
    if (size < limits.threshold && held + size <= limits.budget) {
      held += size;
      return keepBytes(size, content);
    }
    const path = join(directory, String(count++));
    if (count === 1) await mkdir(directory, { recursive: true });
    const file = await open(path, 'wx', 0o600);
    try {
      for await (const chunk of content) await file.writeFile(chunk);
    } finally {
      await file.close();
    }
    return { kind: 'file', path, size };
  };
}
