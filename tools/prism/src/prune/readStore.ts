import * as fs from 'node:fs';
import { join, relative } from 'node:path';
import { type DigestJson, hexOf, listAllBlobs, listOwnBlobs, parseDigestJson } from '@prism-build/oci';
import { readTextIfThere, walkDirectory } from '@prism-build/shell';
import type { Directories } from '@prism-build/workspace';
import glob from 'fast-glob';
import type { Memo, StoredBlob, StoreFacts } from './planStore';

/** A removable file or directory. */
export interface Leftover {
  /** Absolute. */
  readonly path: string;
  readonly size: number;
  readonly usedAt: number;
}

export interface ReadStore extends StoreFacts {
  /** Uncompressed digests of the layers that images under dist name, in hex. */
  readonly namedDiffIDs: ReadonlySet<string>;
}

/**
 * The contents of the store, the memos and dist/images. Unreadable memos and images count as naming no blobs. Blobs that a
 * lock names (lock paths are workspace-relative) count as used, because the registry may have dropped them.
 */
export async function readStore(
  { root, prism, store }: Directories,
  locks: readonly string[],
  now: number,
): Promise<ReadStore> {
  const images = join(root, 'dist', 'images');
  const found = (await glob('**/digest.json', { cwd: images, absolute: true, suppressErrors: true })).flatMap(
    (file) => readImage(file) ?? [],
  );
  return {
    now,
    blobs: listFiles(join(store, 'blobs', 'sha256'))
      .filter(({ path }) => /\/[0-9a-f]{64}$/.test(path))
      .map(({ path, size, usedAt }): StoredBlob => ({ hex: path.slice(-64), size, usedAt })),
    memos: listFiles(join(prism, 'images')).flatMap(({ path, usedAt }) => {
      const image = readImage(path);
      return image
        ? [describeMemo(path, usedAt, image)]
        : [{ file: path, usedAt, index: path, own: [path], blobs: [], diffIDs: [] }];
    }),
    named: new Set([
      ...found.flatMap((image) => listAllBlobs(image).map(({ digest }) => hexOf(digest))),
      ...locks.flatMap((lock) => readTextIfThere(join(root, lock))?.match(/(?<=sha256:)[0-9a-f]{64}/g) ?? []),
    ]),
    namedDiffIDs: new Set(found.flatMap(listDiffIDs)),
  };
}

function describeMemo(file: string, usedAt: number, image: DigestJson): Memo {
  return {
    file,
    usedAt,
    index: image.index.digest,
    own: listOwnBlobs(image).map(({ digest }) => hexOf(digest)),
    blobs: listAllBlobs(image).map(({ digest }) => hexOf(digest)),
    diffIDs: listDiffIDs(image),
  };
}

function listDiffIDs({ platforms }: DigestJson): string[] {
  return platforms.flatMap(({ layers }) => layers.map(({ diffID }) => hexOf(diffID)));
}

function readImage(file: string): DigestJson | undefined {
  const parsed = parseDigestJson(readTextIfThere(file) ?? '', file);
  return parsed.ok ? parsed.value : undefined;
}

/** Files and directories of one directory, without those that vanish meanwhile. */
export function listFiles(directory: string): Leftover[] {
  if (!fs.existsSync(directory)) return [];
  return fs.readdirSync(directory).flatMap((name) => {
    const path = join(directory, name);
    const stat = fs.lstatSync(path, { throwIfNoEntry: false });
    return stat ? [{ path, size: stat.isDirectory() ? sizeOf(path) : stat.size, usedAt: stat.mtimeMs }] : [];
  });
}

/** Bytes below a directory. */
function sizeOf(directory: string): number {
  return [...walkDirectory(directory)]
    .filter(({ entry }) => entry.isFile())
    .reduce((all, { path }) => {
      const stat = fs.lstatSync(join(directory, path), { throwIfNoEntry: false });
      return all + (stat?.size ?? 0);
    }, 0);
}

/** Folders below `directory` that hold a file of this name, relative to it, with the time of the file. */
export async function listOutputs(directory: string, file: string): Promise<Leftover[]> {
  const files = await glob(`**/${file}`, { cwd: directory, absolute: true, suppressErrors: true });
  return files.flatMap((found) => {
    const stat = fs.lstatSync(found, { throwIfNoEntry: false });
    const path = relative(directory, found).slice(0, -file.length - 1);
    return stat ? [{ path, size: sizeOf(join(directory, path)), usedAt: stat.mtimeMs }] : [];
  });
}
