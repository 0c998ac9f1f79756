import { decompressLayer, LAYER_TYPES } from '@prism-build/oci';

type Bytes = AsyncIterable<Uint8Array>;

const decoders: Readonly<Record<string, (bytes: Uint8Array) => Bytes>> = {
  '': (bytes) => chunksOf(bytes),
  '.gz': (bytes) => decompressLayer(LAYER_TYPES.gzip, chunksOf(bytes)),
  '.zst': (bytes) => decompressLayer(LAYER_TYPES.zstd, chunksOf(bytes)),
  '.xz': unxz,
};

/** The tar inside `x.tar[.gz|.xz|.zst]`, told by the name. Undefined for other endings. Corrupt input throws. */
export function decompressTar(name: string, bytes: Uint8Array): Bytes | undefined {
  const ending = /\.(?:tar|tgz)(\.\w+)?$/.exec(name);
  if (!ending) return undefined;
  const suffix = name.endsWith('.tgz') ? '.gz' : (ending[1] ?? '');
  return decoders[suffix]?.(bytes);
}

/** xz as WebAssembly; a chunk is the consumer's own. One stream at a time: the next waits for the end of this one. */
async function* unxz(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  // Loaded when a package is unpacked: most builds unpack none.
  const { XzReadableStream } = await import('xz-decompress');
  const source = ReadableStream.from(chunksOf(bytes)) as ReadableStream<Uint8Array>;
  for await (const chunk of new XzReadableStream(source)) yield chunk;
}

async function* chunksOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  const size = 64 * 1024;
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
