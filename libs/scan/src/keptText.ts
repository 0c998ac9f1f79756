import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { attempt, readTextIfThere, writeFileAtomic } from '@prism-build/shell';
import * as z from 'zod';

/** Stores the full key and a checksum, so that collisions and damaged files are detected. */
const kept = z.strictObject({ version: z.literal(1), key: z.string(), sum: z.string(), text: z.string() });

/** The text stored under a key; undefined if there is none or if it was altered. */
export function readKept(directory: string, key: string): string | undefined {
  try {
    const parsed = kept.safeParse(JSON.parse(readTextIfThere(pathOf(directory, key)) ?? 'null'));
    if (!parsed.success || parsed.data.key !== key) return undefined;
    return hash(parsed.data.text) === parsed.data.sum ? parsed.data.text : undefined;
  } catch {
    return undefined;
  }
}

/** Stores a text under a key. If the directory is not writable, the next scan takes longer; its result is the same. */
export async function keep(directory: string, key: string, text: string): Promise<void> {
  await attempt('cannot keep a result', () =>
    writeFileAtomic(pathOf(directory, key), JSON.stringify({ version: 1, key, sum: hash(text), text })),
  );
}

function pathOf(directory: string, key: string): string {
  return join(directory, `${hash(key)}.json`);
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
