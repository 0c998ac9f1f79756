import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { keySize } from './fileKey';

/** Bytes of a sha256. */
export const digestSize = 32;
const recordSize = keySize + digestSize;
/** Incremented when the format of records changes. */
const magic = Buffer.from('prism files 1\n');
const headSize = magic.length + digestSize;

/** Digests of contents by the keys of files; 64 bytes a file, so that 100,000 of them are 6 MB. */
interface DigestTable {
  /** sha256 of a content, in binary; undefined for an unknown file. */
  find(key: Buffer): Buffer | undefined;
  readonly bytes: Buffer;
}

const empty: DigestTable = { find: () => undefined, bytes: Buffer.alloc(0) };

/** Reads a table; an incomplete one counts as empty, and the files are hashed again. */
export function readTable(path: string): DigestTable {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch {
    return empty;
  }
  const body = bytes.subarray(headSize);
  const whole =
    bytes.subarray(0, magic.length).equals(magic) &&
    body.length % recordSize === 0 &&
    bytes.subarray(magic.length, headSize).equals(sha256(body));
  if (!whole) return empty;
  return {
    bytes,
    find(key) {
      let [low, high] = [0, body.length / recordSize];
      while (low < high) {
        const middle = (low + high) >> 1;
        const at = middle * recordSize;
        const order = body.compare(key, 0, keySize, at, at + keySize);
        if (order === 0) return body.subarray(at + keySize, at + recordSize);
        if (order < 0) low = middle + 1;
        else high = middle;
      }
      return undefined;
    },
  };
}

/** A table of the files with these numbers, in the order that `find` needs; keys and digests are concatenated. */
export function encodeTable(keys: Buffer, digests: Buffer, numbers: readonly number[]): Buffer {
  const start = (number: number) => number * keySize;
  const sorted = Uint32Array.from(numbers).sort((a, b) =>
    keys.compare(keys, start(b), start(b) + keySize, start(a), start(a) + keySize),
  );
  const body = Buffer.alloc(sorted.length * recordSize);
  for (const [at, number] of sorted.entries()) {
    keys.copy(body, at * recordSize, start(number), start(number) + keySize);
    digests.copy(body, at * recordSize + keySize, number * digestSize, (number + 1) * digestSize);
  }
  return Buffer.concat([magic, sha256(body), body]);
}

function sha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}
