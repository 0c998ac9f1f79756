import { createReadStream } from 'node:fs';
import { ociFailure } from '@prism-build/errors';
import { decompressLayer } from '../decompress';
import type { Descriptor } from '../descriptor';
import { compressionOf } from '../mediaTypes';
import { type ContentStore, verifyBlob } from './contentStore';
import { FailureError, fail, isSystemError, unwrap } from './failures';

/** The tar inside a layer of the store, after verifying the blob. Throws failures; wrap the stream in `guardLayer`. */
export async function openLayer(store: ContentStore, layer: Descriptor): Promise<AsyncIterable<Uint8Array>> {
  if (compressionOf(layer.mediaType) === undefined) {
    const what = `The layer ${layer.digest} has the media type ${layer.mediaType}, which is not supported.`;
    fail(ociFailure('MEDIA_TYPE_UNSUPPORTED', { what }));
  }
  const path = unwrap(await verifyBlob(store, layer));
  return decompressLayer(layer.mediaType, createReadStream(path, { highWaterMark: 1 << 20 }));
}

/** Turns errors of the decoders into failures; errors of the disk are unchanged. */
export async function* guardLayer<T>(digest: string, items: AsyncIterable<T>): AsyncGenerator<T> {
  const iterator = items[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await readNext(digest, iterator);
      if (next.done) return;
      yield next.value;
    }
  } finally {
    await iterator.return?.();
  }
}

async function readNext<T>(digest: string, iterator: AsyncIterator<T>): Promise<IteratorResult<T>> {
  try {
    return await iterator.next();
  } catch (error) {
    // zlib's errors have a code, but no system call.
    if (error instanceof FailureError || isSystemError(error)) throw error;
    const what = `The layer ${digest} cannot be read.`;
    fail(ociFailure('LAYER_UNREADABLE', { what, why: String(error) }));
  }
}
