import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { type ContentStore, type Layer, verifyBlob } from '@prism-build/oci';
import type { RunStep } from '@prism-build/plan';
import { readTextIfThere, writeFileAtomic } from '@prism-build/shell';
import { type Directories, executorIdentity } from '@prism-build/workspace';

/** The layer with a command's changes; `null` if it changed nothing. */
type Memo = Layer | null;

/**
 * Key of the memo of a RUN: the command, and the files that it can read, as IDs of images. Does not contain the network,
 * secrets, contents of cache mounts, or the engine.
 */
export function digestRun(image: string, mounts: readonly string[], step: RunStep): string {
  const { line: _, text: __, ...decides } = step;
  const parts = [executorIdentity(), image, mounts, decides];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/** The layer that an equal command made, verified; undefined without a memo, or if the store lacks the layer. */
export async function readRun(
  directories: Directories,
  store: ContentStore,
  key: string,
): Promise<Memo | undefined> {
  const memo = parse(readTextIfThere(path(directories, key)));
  if (!memo) return memo;
  return (await verifyBlob(store, memo)).ok ? memo : undefined;
}

export function writeRun(directories: Directories, key: string, layer: Layer | undefined): void {
  writeFileAtomic(path(directories, key), JSON.stringify(layer ?? null));
}

function parse(text: string | undefined): Memo | undefined {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

function path({ prism }: Directories, key: string): string {
  return join(prism, 'runs', `${key}.json`);
}
