import { Readable } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import { failed, imageFailure, ok, type Place, type Result } from '@prism-build/errors';
import { decompressLayer, LAYER_TYPES } from '@prism-build/oci';
import { extract, type Header } from 'tar-stream';
import type { Node, Tree } from './node';
import { cleanPath } from './tree';

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
    return isTar(tar) ? ok(await readEntries(tar)) : ok(undefined);
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

function readEntries(tar: Buffer): Promise<Tree> {
  return new Promise((resolve, reject) => {
    const tree: Tree = new Map();
    const unpack = extract();
    unpack.on('entry', (header, stream, next) => {
      const chunks: Uint8Array[] = [];
      stream.on('data', (chunk) => chunks.push(chunk as Uint8Array));
      stream.on('error', reject);
      stream.on('end', () => {
        const path = cleanPath(header.name);
        const node = path === '' ? undefined : nodeOf(header, Buffer.concat(chunks), tree);
        if (node) tree.set(path, node);
        next();
      });
    });
    unpack.on('finish', () => resolve(tree));
    unpack.on('error', reject);
    unpack.end(tar);
  });
}

function nodeOf(header: Header, bytes: Buffer, tree: Tree): Node | undefined {
  const owned = { mode: (header.mode ?? 0o644) & 0o7777, uid: header.uid ?? 0, gid: header.gid ?? 0 };
  switch (header.type) {
    case 'file':
    case 'contiguous-file':
      return { type: 'file', ...owned, content: { kind: 'bytes', bytes } };
    case 'directory':
      return { type: 'directory', ...owned };
    case 'symlink':
      return { type: 'symlink', ...owned, linkTarget: header.linkname ?? '' };
    case 'link':
      return tree.get(cleanPath(header.linkname ?? ''));
    case 'fifo':
      return { type: 'fifo', ...owned, major: 0, minor: 0 };
    case 'character-device':
    case 'block-device':
      return {
        type: header.type === 'block-device' ? 'block' : 'char',
        ...owned,
        major: header.devmajor ?? 0,
        minor: header.devminor ?? 0,
      };
    default:
      return undefined;
  }
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
