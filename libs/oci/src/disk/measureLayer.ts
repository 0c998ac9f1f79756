import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { ociFailure, type Result } from '@prism-build/errors';
import { decompressLayer } from '../decompress';
import type { Descriptor } from '../descriptor';
import type { Digest } from '../digest';
import { compressionOf } from '../mediaTypes';
import { attempt, fail, unwrap } from './attempt';
import { type ContentStore, verifyBlob } from './contentStore';
import { guardLayer } from './visitLayer';

/** Digest and size, in bytes, of the tar inside a layer. */
export interface Measure {
  readonly diffID: Digest;
  readonly uncompressedSize: number;
}

/** Decompresses a layer of the store, after verifying the blob; about 10 ms a MB. */
export function measureLayer(store: ContentStore, layer: Descriptor): Promise<Result<Measure>> {
  return attempt(async () => {
    if (compressionOf(layer.mediaType) === undefined) {
      const what = `The layer ${layer.digest} has the media type ${layer.mediaType}, which is not supported.`;
      fail(ociFailure('MEDIA_TYPE_UNSUPPORTED', { what }));
    }
    const path = unwrap(await verifyBlob(store, layer));
    const source = createReadStream(path, { highWaterMark: 1 << 20 });
    const hash = createHash('sha256');
    let uncompressedSize = 0;
    for await (const chunk of guardLayer(layer.digest, decompressLayer(layer.mediaType, source))) {
      hash.update(chunk);
      uncompressedSize += chunk.length;
    }
    return { diffID: `sha256:${hash.digest('hex')}` as const, uncompressedSize };
  });
}
