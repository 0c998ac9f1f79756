import { createHash } from 'node:crypto';
import type { Result } from '@prism-build/errors';
import type { Descriptor } from '../descriptor';
import type { Digest } from '../digest';
import { attempt } from './attempt';
import type { ContentStore } from './contentStore';
import { guardLayer, openLayer } from './openLayer';

/** Digest and size, in bytes, of the tar inside a layer. */
export interface Measure {
  readonly diffID: Digest;
  readonly uncompressedSize: number;
}

/** Decompresses a layer of the store, after verifying the blob; about 10 ms a MB. */
export function measureLayer(store: ContentStore, layer: Descriptor): Promise<Result<Measure>> {
  return attempt(async () => {
    const hash = createHash('sha256');
    let uncompressedSize = 0;
    for await (const chunk of guardLayer(layer.digest, await openLayer(store, layer))) {
      hash.update(chunk);
      uncompressedSize += chunk.length;
    }
    return { diffID: `sha256:${hash.digest('hex')}` as const, uncompressedSize };
  });
}
