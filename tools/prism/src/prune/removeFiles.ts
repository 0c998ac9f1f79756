import { lstatSync, rmSync } from 'node:fs';
import type { Leftover } from './readStore';

/** Removes planned files, except those written again since the plan. Returns number and bytes. */
export function removeFiles(leftovers: readonly Leftover[]): {
  readonly count: number;
  readonly bytes: number;
} {
  let count = 0;
  let bytes = 0;
  for (const { path, size, usedAt } of leftovers) {
    const stat = lstatSync(path, { throwIfNoEntry: false });
    if (!stat || (stat.isFile() && stat.mtimeMs > usedAt)) continue;
    rmSync(path, { recursive: true, force: true });
    count += 1;
    bytes += size;
  }
  return { count, bytes };
}
