import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { type ContentStore, type Layer, verifyBlob } from '@prism-build/oci';
import type { RunStep } from '@prism-build/plan';
import { readTextIfThere, writeFileAtomic } from '@prism-build/shell';
import { type Directories, executorIdentity } from '@prism-build/workspace';

/** What a command changed before: `null` is nothing. */
type Kept = Layer | null;

/**
 * Everything that decides what a command does but the world outside: the files that it finds, as images by ID, and
 * the command. Neither secrets nor the content of caches, nor who executes it.
 */
export function digestRun(image: string, mounts: readonly string[], step: RunStep): string {
  const { line: _, text: __, ...decides } = step;
  const parts = [executorIdentity(), image, mounts, decides];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/** The layer that an equal command made, when it is still in the store, every byte verified. */
export async function readRun(
  directories: Directories,
  store: ContentStore,
  key: string,
): Promise<Kept | undefined> {
  const kept = parse(readTextIfThere(path(directories, key)));
  if (!kept) return kept;
  return (await verifyBlob(store, kept)).ok ? kept : undefined;
}

export function writeRun(directories: Directories, key: string, layer: Layer | undefined): void {
  writeFileAtomic(path(directories, key), JSON.stringify(layer ?? null));
}

function parse(text: string | undefined): Kept | undefined {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

function path({ prism }: Directories, key: string): string {
  return join(prism, 'runs', `${key}.json`);
}
