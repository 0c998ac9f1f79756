import { createHash } from 'node:crypto';
import type { Result } from '@prism-build/errors';
import type { Descriptor } from '../descriptor';
import type { Digest } from '../digest';
import type { ContentStore } from './contentStore';
import { catchFailures } from './failures';
import { guardLayer, openLayer } from './openLayer';

/** Digest and size, in bytes, of the tar inside a layer. */
interface Measure {
  readonly diffID: Digest;
  readonly uncompressedSize: number;
}

/** Decompresses a layer of the store, after verifying the blob; about 10 ms a MB. */
export function measureLayer(store: ContentStore, layer: Descriptor): Promise<Result<Measure>> {
  return catchFailures(async () => {
    const hash = createHash('sha256');
    let uncompressedSize = 0;
    for await (const chunk of guardLayer(layer.digest, await openLayer(store, layer))) {
      hash.update(chunk);
      uncompressedSize += chunk.length;
    }
    return { diffID: `sha256:${hash.digest('hex')}` as const, uncompressedSize };
  });
}
