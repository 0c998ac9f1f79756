import { type Content, decompressLayer, LAYER_TYPES } from '@prism-build/oci';
import { readChunks, readPiece } from './chunks';
import { unbzip2 } from './unbzip2';
import { unxz } from './unxz';

type Bytes = AsyncIterable<Uint8Array>;

/** First bytes of a compressed file in hexadecimal, as in BuildKit and Buildah, with its decoder. */
const FORMATS: readonly (readonly [magic: RegExp, decode: (content: Content) => Bytes])[] = [
  [/^1f8b08/, (content) => decompressLayer(LAYER_TYPES.gzip, readChunks(content))],
  [/^28b52ffd/, (content) => decompressLayer(LAYER_TYPES.zstd, readChunks(content))],
  // With the first block, or the end of an empty stream: text may begin with BZh.
  [/^425a683[1-9](314159265359|177245385090)/, (content) => unbzip2(readChunks(content))],
  [/^fd377a585a00/, unxz],
];

/** Decompresses a content, by its first bytes; returns any other content unchanged. Throws an Error on damage. */
export async function* decompress(content: Content): AsyncGenerator<Uint8Array> {
  const start = (await readPiece(content, 0, 10)).toString('hex');
  const found = FORMATS.find(([magic]) => magic.test(start));
  yield* found ? found[1](content) : readChunks(content);
}
