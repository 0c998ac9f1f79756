import { unxz } from '@prism-build/assemble';
import { decompressLayer, LAYER_TYPES } from '@prism-build/oci';

type Bytes = AsyncIterable<Uint8Array>;

const decoders: Readonly<Record<string, (bytes: Uint8Array) => Bytes>> = {
  '': (bytes) => chunksOf(bytes),
  '.gz': (bytes) => decompressLayer(LAYER_TYPES.gzip, chunksOf(bytes)),
  '.zst': (bytes) => decompressLayer(LAYER_TYPES.zstd, chunksOf(bytes)),
  '.xz': (bytes) => unxz({ kind: 'bytes', bytes }),
};

/** The tar inside `x.tar[.gz|.xz|.zst]`, chosen by the name. Undefined for other names. Throws on corrupt input. */
export function decompressTar(name: string, bytes: Uint8Array): Bytes | undefined {
  const ending = /\.(?:tar|tgz)(\.\w+)?$/.exec(name);
  if (!ending) return undefined;
  const suffix = name.endsWith('.tgz') ? '.gz' : (ending[1] ?? '');
  return decoders[suffix]?.(bytes);
}

async function* chunksOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  const size = 64 * 1024;
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
