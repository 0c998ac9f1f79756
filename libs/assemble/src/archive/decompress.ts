import { type Content, decompressLayer, LAYER_TYPES } from '@prism-build/oci';
import { readChunks, readPiece } from './chunks';
import { unbzip2 } from './unbzip2';
import { unxz } from './unxz';

type Bytes = AsyncIterable<Uint8Array>;

/** First bytes of a compressed file, as BuildKit and Buildah know them, and how it is read. */
const FORMATS: readonly (readonly [magic: RegExp, decode: (content: Content) => Bytes])[] = [
  [/^\x1f\x8b\x08/, (content) => decompressLayer(LAYER_TYPES.gzip, readChunks(content))],
  [/^\x28\xb5\x2f\xfd/, (content) => decompressLayer(LAYER_TYPES.zstd, readChunks(content))],
  // The first block, or the end of an empty stream: text may begin with BZh.
  [/^BZh[1-9](1AY&SY|\x17rE8P\x90)/, (content) => unbzip2(readChunks(content))],
  [/^\xfd7zXZ\0/, unxz],
];

/** What is inside a compressed content, told by its first bytes; anything else as it is. Throws an Error on damage. */
export async function* decompress(content: Content): AsyncGenerator<Uint8Array> {
  const start = (await readPiece(content, 0, 10)).toString('latin1');
  const found = FORMATS.find(([magic]) => magic.test(start));
  yield* found ? found[1](content) : readChunks(content);
}
