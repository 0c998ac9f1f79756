import { createHash, type Hash } from 'node:crypto';
import type { Tree } from '@prism-build/assemble';
import { ok, type Result } from '@prism-build/errors';
import type { ContentStore, Descriptor, LayerItem } from '@prism-build/oci';
import { readTree } from '../readTree';
import { isProgram, programHeaderSize } from './isProgram';

/** Digests of a program's bytes, in hexadecimal. */
export interface Digests {
  readonly md5: string;
  readonly sha1: string;
  readonly sha256: string;
}

/** The final file system of an image, with what explains programs. */
export interface ImageFiles {
  /** The path of a file's `content` is a name in the maps below. */
  readonly tree: Tree;
  readonly programs: ReadonlyMap<string, Digests>;
  /** Contents of the files that list what a package contains. */
  readonly lists: ReadonlyMap<string, string>;
}

/** Lists of files that packages install: of dpkg, of distroless images, of apk, of Python. */
const isList =
  /(^|\/)(var\/lib\/dpkg\/(info|status\.d)\/[^/]+\.md5sums|lib\/apk\/db\/installed|[^/]+\.dist-info\/RECORD)$/;

/** A longer list is not read; what it alone explains is then unexplained. */
const maxList = 1 << 26;

/**
 * Reads the layers of an image. Failures: BLOB_CORRUPT, BLOB_MISSING, LAYER_UNREADABLE.
 */
export async function readFiles(
  store: ContentStore,
  { layers }: { readonly layers: readonly Descriptor[] },
): Promise<Result<ImageFiles>> {
  const programs = new Map<string, Digests>();
  const lists = new Map<string, string>();
  const tree = await readTree(store, layers, async (path, { header, size, content }) => {
    if (header.type !== 'file' || size === 0) return;
    const list = await readList({ header, size, content });
    if (list !== undefined) lists.set(path, list);
    else if (size >= programHeaderSize) {
      const digests = await hashProgram(content);
      if (digests) programs.set(path, digests);
    }
  });
  return tree.ok ? ok({ tree: tree.value, programs, lists }) : tree;
}

/** The text of a file that lists what a package contains; undefined for any other file, whose content is not read. */
export async function readList({ header, size, content }: LayerItem): Promise<string | undefined> {
  return header.type === 'file' && size <= maxList && isList.test(header.path)
    ? readText(content)
    : undefined;
}

async function readText(content: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of content) parts.push(Buffer.from(part));
  return Buffer.concat(parts).toString();
}

/** Undefined for a file that is not a program; only its beginning is read. */
async function hashProgram(content: AsyncIterable<Uint8Array>): Promise<Digests | undefined> {
  let start: Buffer | undefined = Buffer.alloc(0);
  const hashes = { md5: createHash('md5'), sha1: createHash('sha1'), sha256: createHash('sha256') };
  for await (const part of content) {
    if (start) {
      start = Buffer.concat([start, part]);
      if (start.length < programHeaderSize) continue;
      if (!isProgram(start)) return undefined;
    }
    for (const hash of Object.values(hashes)) hash.update(start ?? part);
    start = undefined;
  }
  if (start) return undefined;
  const print = (hash: Hash) => hash.digest('hex');
  return { md5: print(hashes.md5), sha1: print(hashes.sha1), sha256: print(hashes.sha256) };
}
