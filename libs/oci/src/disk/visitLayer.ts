import { createReadStream } from 'node:fs';
import { ociFailure, type Result } from '@prism-build/errors';
import { decompressLayer } from '../decompress';
import type { Descriptor } from '../descriptor';
import { compressionOf } from '../mediaTypes';
import { type LayerItem, readLayer } from '../readLayer';
import { attempt, FailureError, fail, isSystemError, unwrap } from './attempt';
import { type ContentStore, verifyBlob } from './contentStore';

/**
 * Shows every entry of a layer of the store to `visit`, one after the other, after verifying the blob. The
 * content is to be read before `visit` returns, or not at all. What `visit` itself throws is thrown on.
 */
export function visitLayer(
  store: ContentStore,
  layer: Descriptor,
  visit: (item: LayerItem) => void | Promise<void>,
): Promise<Result<void>> {
  return attempt(async () => {
    if (compressionOf(layer.mediaType) === undefined) {
      const what = `The layer ${layer.digest} has the media type ${layer.mediaType}, which is not supported.`;
      fail(ociFailure('MEDIA_TYPE_UNSUPPORTED', { what }));
    }
    const path = unwrap(await verifyBlob(store, layer));
    const source = createReadStream(path, { highWaterMark: 1 << 20 });
    const items = readLayer(decompressLayer(layer.mediaType, source));
    for await (const item of guardLayer(layer.digest, items)) {
      await visit({ ...item, content: guardLayer(layer.digest, item.content) });
    }
  });
}

/** Errors of the decoders become failures; those of the disk stay what they are. */
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
