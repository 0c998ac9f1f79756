import { type Content, contentSize } from '@prism-build/oci';
import { readPiece } from './chunks';

/** The byte range of a stream in an xz file; `end` is exclusive. */
interface XzStream {
  readonly start: number;
  readonly end: number;
}

const headerSize = 12;
const footerSize = 12;

/**
 * The streams of an xz file, from their indexes (The .xz File Format, sections 2 and 4). A decoder of a single stream
 * would stop after the first. Throws an Error if the sizes do not add up, as in a truncated file.
 */
export async function listXzStreams(content: Content): Promise<XzStream[]> {
  const streams: XzStream[] = [];
  for (let end = contentSize(content); end > 0; ) {
    if (end % 4 !== 0 || end < headerSize + footerSize) throw new Error('the xz file is cut');
    const footer = await readPiece(content, end - footerSize, footerSize);
    // Padding between streams is zeros, four at a time.
    if (footer.readUInt32LE(8) === 0) {
      end -= 4;
      continue;
    }
    if (footer.toString('latin1', 10) !== 'YZ')
      throw new Error('the xz file is truncated, or data follows its end');
    const indexSize = 4 * (footer.readUInt32LE(4) + 1);
    const blocks = await sizeOfBlocks(content, end - footerSize - indexSize, indexSize);
    const start = end - footerSize - indexSize - blocks - headerSize;
    if (start < 0) throw new Error('the xz file is damaged: its index lists more than the file contains');
    streams.unshift({ start, end });
    end = start;
  }
  return streams;
}

/** The sum of what an index lists: pairs of numbers, the first being the size of a block without its padding. */
async function sizeOfBlocks(content: Content, start: number, size: number): Promise<number> {
  if (start < 0 || size > 64 * 1024 * 1024) throw new Error('the xz file is damaged: its index is too big');
  const index = await readPiece(content, start, size);
  let at = 1;
  const next = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = index[at++];
      if (byte === undefined || value > Number.MAX_SAFE_INTEGER)
        throw new Error('the index of the xz file is damaged');
      value += (byte & 0x7f) * factor;
      if ((byte & 0x80) === 0) return value;
    }
  };
  if (index[0] !== 0) throw new Error('the index of the xz file is damaged');
  let sum = 0;
  for (let left = next(); left > 0; left--) {
    sum += Math.ceil(next() / 4) * 4;
    next();
  }
  return sum;
}
