import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { type Keep, keepBytes } from '@prism-build/assemble';

/** Contents from this size on go to the disk, in bytes: small files are many, large ones are what fills memory. */
const threshold = 32 * 1024;

/** Holds large contents as files of `directory`, which whoever made it removes when the tree is no longer used. */
export function spillTo(directory: string): Keep {
  let count = 0;
  return async (size, content) => {
    if (size < threshold) return keepBytes(size, content);
    const path = join(directory, String(count++));
    const file = await open(path, 'wx', 0o600);
    try {
      for await (const chunk of content) await file.writeFile(chunk);
    } finally {
      await file.close();
    }
    return { kind: 'file', path, size };
  };
}
