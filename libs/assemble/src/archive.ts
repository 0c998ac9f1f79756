import { Readable } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import { failed, imageFailure, ok, type Place, type Result } from '@prism-build/errors';
import { decompressLayer, LAYER_TYPES } from '@prism-build/oci';
import type { Tree } from './node';
import { readTarTree } from './tarTree';

/**
 * The tree inside a tar archive, plain, gzip or zstd; undefined when the bytes are no archive that ADD unpacks.
 * bzip2 and xz archives are refused by name rather than copied unpacked.
 */
export async function readArchive(bytes: Buffer, at: Place): Promise<Result<Tree | undefined>> {
  const invalid = (what: string, why?: string) => failed(imageFailure('ARCHIVE_INVALID', { what, why, at }));
  if (startsWith(bytes, [0x42, 0x5a, 0x68]) || startsWith(bytes, [0xfd, 0x37, 0x7a, 0x58, 0x5a])) {
    return invalid('ADD of a bzip2 or xz archive is not unpacked natively');
  }
  try {
    const tar = await unpackStream(bytes);
    return isTar(tar) ? ok(await readTarTree(Readable.from([tar]))) : ok(undefined);
  } catch (error) {
    return invalid('the archive is damaged', error instanceof Error ? error.message : String(error));
  }
}

async function unpackStream(bytes: Buffer): Promise<Buffer> {
  if (startsWith(bytes, [0x1f, 0x8b])) return gunzipSync(bytes);
  if (!startsWith(bytes, [0x28, 0xb5, 0x2f, 0xfd])) return bytes;
  const chunks: Uint8Array[] = [];
  for await (const chunk of decompressLayer(LAYER_TYPES.zstd, Readable.from([bytes]))) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function isTar(bytes: Buffer): boolean {
  if (bytes.length < 512) return false;
  if (bytes.toString('latin1', 257, 262) === 'ustar') return true;
  // Archives before POSIX have no magic; their header's checksum is the sign.
  const stored = Number.parseInt(bytes.toString('latin1', 148, 156), 8);
  let sum = 0;
  for (let index = 0; index < 512; index++) sum += index >= 148 && index < 156 ? 32 : bytes[index]!;
  return stored === sum;
}

function startsWith(bytes: Buffer, magic: readonly number[]): boolean {
  return magic.every((byte, index) => bytes[index] === byte);
}
