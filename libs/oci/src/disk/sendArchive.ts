import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Result } from '@prism-build/errors';
import type { Descriptor } from '../descriptor';
import { catchFailures, unwrap } from './failures';
import { type BlobSources, gatherBlobs } from './findBlobs';

/**
 * Sends an archive. All blobs are verified before its first byte. A reader that ends early is not a failure here: its own
 * message gives the reason. Ends `writable`, or destroys it on failure.
 */
export function sendArchive(
  parts: AsyncIterable<Uint8Array>,
  blobs: readonly Descriptor[],
  sources: BlobSources,
  writable: Writable,
): Promise<Result<void>> {
  return catchFailures(async () => {
    const gathered = await gatherBlobs(sources, blobs);
    if (!gathered.ok) writable.destroy();
    unwrap(gathered);
    await pipeline(parts, writable).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
    });
  });
}
