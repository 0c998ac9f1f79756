import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { type Compression, compressionOf } from './mediaTypes';
import { loadZstd } from './zstd';
import { splitZstdFrames } from './zstdFrames';

/**
 * The tar inside a layer blob, of any number of frames or members. Holds one zstd frame in memory at a time. Throws an
 * Error on corrupt input; callers turn it into a failure.
 */
export async function* decompressLayer(
  mediaType: string,
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const compression = compressionOf(mediaType);
  if (compression === undefined) throw new Error(`no layer of a known media type: ${mediaType}`);
  yield* DECODERS[compression](source);
}

const DECODERS: Readonly<
  Record<Compression, (source: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>>
> = {
  none: (source) => source,
  gzip: gunzip,
  zstd: unzstd,
};

async function* gunzip(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const decoder = createGunzip();
  // The error of either side arrives through the decoder, which the loop reads.
  pipeline(Readable.from(source), decoder, () => {});
  yield* decoder;
}

async function* unzstd(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const zstd = await loadZstd();
  for await (const { frame, bound } of splitZstdFrames(source)) {
    yield zstd.decompress(frame, { defaultHeapSize: bound });
  }
}
