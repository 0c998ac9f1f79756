import { createHash } from 'node:crypto';
import type { Result } from '@prism-build/errors';
import { CHUNK_SIZE, type CompressionOptions, loadCompressor } from '../compress';
import type { Descriptor } from '../descriptor';
import type { Digest } from '../digest';
import type { LayerEntries } from '../entry';
import { LAYER_TYPES } from '../mediaTypes';
import { planTar, type TarPlan } from '../planTar';
import { type ContentStore, putBlob } from './contentStore';
import { catchFailures, unwrap } from './failures';
import { readParts } from './readParts';

/** A layer in the store: the blob's descriptor, and digest and size of the tar inside. */
export interface Layer extends Descriptor {
  readonly diffID: Digest;
  readonly uncompressedSize: number;
}

/** The tar of a tree as a stream, for callers without a store. The buffer is reused. */
export function* writeLayerTar(tree: LayerEntries): Generator<Uint8Array> {
  yield* readParts(unwrap(planTar(tree)), CHUNK_SIZE);
}

/**
 * Packs a tree into a layer of the store: tar, diffID, compression, digest and the write in one pass, in
 * memory of about three chunks. The same tree and options give the same bytes everywhere.
 */
export function putLayer(
  store: ContentStore,
  tree: LayerEntries,
  options: CompressionOptions,
): Promise<Result<Layer>> {
  return catchFailures(async () => {
    const plan = unwrap(planTar(tree));
    const diffHash = createHash('sha256');
    const chunks = compressParts(plan, options, (chunk) => diffHash.update(chunk));
    const descriptor = unwrap(await putBlob(store, LAYER_TYPES[options.compression], chunks));
    return { ...descriptor, diffID: `sha256:${diffHash.digest('hex')}`, uncompressedSize: plan.size };
  });
}

async function* compressParts(
  plan: TarPlan,
  options: CompressionOptions,
  onChunk: (chunk: Uint8Array) => void,
): AsyncGenerator<Uint8Array> {
  const compress = await loadCompressor(options);
  for (const chunk of readParts(plan, CHUNK_SIZE)) {
    onChunk(chunk);
    yield compress(chunk);
  }
}
