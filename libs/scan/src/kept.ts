import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { attempt, readTextIfThere, writeFileAtomic } from '@prism-build/shell';

/** A stored value: its full key and a checksum, so that collisions and damaged files are detected. */
interface Kept {
  readonly version: 2;
  readonly key: string;
  readonly sum: string;
  /** JSON. */
  readonly text: string;
}

/**
 * The value stored under a key; undefined if there is none or if it was altered. The key contains the version of the value's
 * form, because only the checksum is verified.
 */
export function readKept<T>(directory: string, key: string): T | undefined {
  try {
    const text = readTextIfThere(pathOf(directory, key));
    if (text === undefined) return undefined;
    const kept = JSON.parse(text) as Partial<Kept>;
    const isWhole =
      kept.version === 2 && kept.key === key && kept.text !== undefined && hash(kept.text) === kept.sum;
    return isWhole ? (JSON.parse(kept.text!) as T) : undefined;
  } catch {
    return undefined;
  }
}

/** Stores a value under a key. If the directory is not writable, the next scan takes longer; its result is the same. */
export async function keep(directory: string, key: string, value: unknown): Promise<void> {
  const text = JSON.stringify(value);
  const kept: Kept = { version: 2, key, sum: hash(text), text };
  await attempt('cannot keep a result', () => writeFileAtomic(pathOf(directory, key), JSON.stringify(kept)));
}

function pathOf(directory: string, key: string): string {
  return join(directory, `${hash(key)}.json`);
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
