import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { type Keep, keepBytes } from '../tarTree';

/** Contents of at least this size go to the disk, in bytes. Large files fill memory; small ones are many. */
const threshold = 32 * 1024;
/** Memory for all small contents together, in bytes; beyond it, they go to the disk too. */
const budget = 64 * 1024 * 1024;

/**
 * Holds contents as files of `directory` (created with the first), except small ones. The caller removes the directory
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
