import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Failure } from '@prism-build/errors';
import { ociFailure } from '@prism-build/errors';
import type { Descriptor } from '../descriptor';
import type { Digest } from '../digest';
import { unlessMissing } from './failures';

const BUFFER = Buffer.allocUnsafe(1 << 20);

/** Digest and size of a file. Synchronous: hashing is the cost, and a round trip per megabyte doubles it. */
export function hashFile(path: string): { digest: Digest; size: number } {
  const file = openSync(path, 'r');
  try {
    const hash = createHash('sha256');
    let size = 0;
    for (let count = readSync(file, BUFFER); count > 0; count = readSync(file, BUFFER)) {
      hash.update(count === BUFFER.length ? BUFFER : BUFFER.subarray(0, count));
      size += count;
    }
    return { digest: `sha256:${hash.digest('hex')}`, size };
  } finally {
    closeSync(file);
  }
}

/** How far a check goes: `sizes` costs a stat for each blob, `hashes` reads everything (about 0.6 ms a MB). */
export type Depth = 'sizes' | 'hashes';

/** Finds the digest of a file, perhaps without reading it. */
export type HashLayer = (path: string) => Promise<Digest>;

/** The failure of a file that should contain this blob; undefined if it does. */
export async function checkBlobFile(
  path: string,
  expected: Pick<Descriptor, 'digest' | 'size'>,
  depth: Depth,
  hash: HashLayer = async (file) => hashFile(file).digest,
): Promise<Failure | undefined> {
  const found = await unlessMissing(stat(path));
  if (!found) return ociFailure('BLOB_MISSING', { what: `${expected.digest} is missing: ${path}.` });
  const corrupt = (why: string) => ociFailure('BLOB_CORRUPT', { what: `${path} is altered.`, why });
  if (!found.isFile()) return corrupt('it is not a regular file');
  if (found.size !== expected.size) return corrupt(`it has ${found.size} bytes instead of ${expected.size}`);
  if (depth === 'sizes') return undefined;
  const digest = await hash(path);
  return digest === expected.digest ? undefined : corrupt(`its digest is ${digest}`);
}
