import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fingerprintSize } from './fingerprint';

/** Bytes of a sha256. */
export const digestSize = 32;
const recordSize = fingerprintSize + digestSize;
/** Incremented when the format of records changes. */
const magic = Buffer.from('prism files 1\n');
const headSize = magic.length + digestSize;

/** Digests of file contents by fingerprint. Takes 64 bytes a file: 6 MB for 100,000 files. */
interface DigestTable {
  /** sha256 (binary) of the content; undefined if the table has no such fingerprint. */
  find(fingerprint: Buffer): Buffer | undefined;
  readonly bytes: Buffer;
}

const empty: DigestTable = { find: () => undefined, bytes: Buffer.alloc(0) };

/** Reads a table. Returns an empty one if the file is missing or damaged: files are then hashed again. */
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
    find(fingerprint) {
      let [low, high] = [0, body.length / recordSize];
      while (low < high) {
        const middle = (low + high) >> 1;
        const at = middle * recordSize;
        const order = body.compare(fingerprint, 0, fingerprintSize, at, at + fingerprintSize);
        if (order === 0) return body.subarray(at + fingerprintSize, at + recordSize);
        if (order < 0) low = middle + 1;
        else high = middle;
      }
      return undefined;
    },
  };
}

/**
 * Encodes a table of the files with these numbers, sorted for `find`.
 *
 * @param fingerprints of all files, concatenated in the order of their numbers; `digests` likewise
 */
export function encodeTable(fingerprints: Buffer, digests: Buffer, numbers: readonly number[]): Buffer {
  const start = (number: number) => number * fingerprintSize;
  const sorted = Uint32Array.from(numbers).sort((a, b) =>
    fingerprints.compare(
      fingerprints,
      start(b),
      start(b) + fingerprintSize,
      start(a),
      start(a) + fingerprintSize,
    ),
  );
  const body = Buffer.alloc(sorted.length * recordSize);
  for (const [at, number] of sorted.entries()) {
    fingerprints.copy(body, at * recordSize, start(number), start(number) + fingerprintSize);
    digests.copy(body, at * recordSize + fingerprintSize, number * digestSize, (number + 1) * digestSize);
  }
  return Buffer.concat([magic, sha256(body), body]);
}

function sha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}
