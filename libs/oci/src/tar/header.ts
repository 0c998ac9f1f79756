import { TAR_BLOCK } from '../tarHeader';
import { readCount, readNumber } from './numbers';
import { printBytes, untilNul } from './text';

/** `gnu`: fields behind the device numbers are GNU's; `ustar`: they are the start of the name. */
type Format = 'v7' | 'ustar' | 'star' | 'gnu';

/** One header block as it stands, names as bytes. */
export interface RawHeader {
  readonly format: Format;
  readonly typeflag: string;
  readonly name: Buffer;
  readonly linkname: Buffer;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  /** Seconds since 1970. */
  readonly mtime: number;
  readonly major: number;
  readonly minor: number;
  /** The whole block, in memory of its own. */
  readonly block: Buffer;
}

/** Reads a header block (POSIX ustar, GNU, star, V7). Throws an Error if it is not one. */
export function parseHeader(bytes: Buffer): RawHeader {
  if (!hasChecksum(bytes)) throw new Error('the checksum of a header is wrong');
  const block = Buffer.from(bytes);
  const format = formatOf(block);
  const name = nameOf(block, format);
  try {
    const isDevice = format !== 'v7';
    return {
      ...{ format, name, block, typeflag: String.fromCharCode(block[156]!) },
      linkname: untilNul(block.subarray(157, 257)),
      mode: readCount(block.subarray(100, 108), 'mode'),
      uid: readCount(block.subarray(108, 116), 'user'),
      gid: readCount(block.subarray(116, 124), 'group'),
      size: readCount(block.subarray(124, 136), 'size'),
      mtime: readNumber(block.subarray(136, 148), 'time'),
      major: isDevice ? readCount(block.subarray(329, 337), 'device number') : 0,
      minor: isDevice ? readCount(block.subarray(337, 345), 'device number') : 0,
    };
  } catch (error) {
    throw new Error(`the header of ${printBytes(name)} is damaged: ${(error as Error).message}`);
  }
}

/** Whether the bytes are a header: its checksum counts its own field as spaces. Some writers summed signed bytes. */
export function hasChecksum(block: Buffer): boolean {
  if (block.length < TAR_BLOCK) return false;
  let unsigned = 0;
  let signed = 0;
  for (let at = 0; at < TAR_BLOCK; at++) {
    const byte = at >= 148 && at < 156 ? 0x20 : block[at]!;
    unsigned += byte;
    signed += byte < 0x80 ? byte : byte - 0x100;
  }
  const [text = ''] = block
    .toString('latin1', 148, 156)
    .replace(/^[ \0]+/, '')
    .split(/[ \0]/, 1);
  if (!/^[0-7]+$/.test(text)) return false;
  const stored = Number.parseInt(text, 8);
  return stored === unsigned || stored === signed;
}

function formatOf(block: Buffer): Format {
  const magic = block.toString('latin1', 257, 265);
  if (magic === 'ustar  \0') return 'gnu';
  if (!magic.startsWith('ustar')) return 'v7';
  return block.toString('latin1', 508, 512) === 'tar\0' ? 'star' : 'ustar';
}

/** POSIX splits long names at a slash; star has times where the prefix ends. */
function nameOf(block: Buffer, format: Format): Buffer {
  const name = untilNul(block.subarray(0, 100));
  if (format === 'v7' || format === 'gnu') return name;
  const prefix = untilNul(block.subarray(345, format === 'star' ? 476 : 500));
  return prefix.length === 0 ? name : Buffer.concat([prefix, Buffer.from('/'), name]);
}
