import { pipeline, Readable } from 'node:stream';
import type { Header } from 'tar-stream';
import type { Entry } from './tree';
import { watchXattrs, type Xattrs } from './watchXattrs';

/** An entry without its content. */
export type EntryHeader = Entry extends infer E ? (E extends Entry ? Omit<E, 'content'> : never) : never;

/** `content` is the file's bytes as a stream, to be read before the next entry is asked for, or not at all. */
export interface LayerItem {
  readonly header: EntryHeader;
  readonly size: number;
  readonly content: AsyncIterable<Uint8Array>;
}

const TYPES: Readonly<Record<string, Entry['type']>> = {
  file: 'file',
  'contiguous-file': 'file',
  link: 'hardlink',
  symlink: 'symlink',
  directory: 'directory',
  fifo: 'fifo',
  'character-device': 'char',
  'block-device': 'block',
};

/**
 * The entries of an uncompressed layer tar (see `decompressLayer`), in its order, whiteouts as the files that
 * they are. Throws an Error on what is no tar.
 */
export async function* readLayer(tar: AsyncIterable<Uint8Array>): AsyncGenerator<LayerItem> {
  // Loaded when an archive is read: most builds read none.
  const { extract } = await import('tar-stream');
  const unpack = extract();
  const { bytes, at } = watchXattrs(tar);
  pipeline(Readable.from(bytes), unpack, () => {});
  for await (const item of unpack) {
    const { header } = item;
    const path = cleanPath(header.name);
    // The root's own entry, `./`, which some producers write, has no name in a tree.
    if (path !== '')
      yield {
        header: headerOf(header, path, at((header as Header & { byteOffset: number }).byteOffset)),
        size: header.size ?? 0,
        content: item as AsyncIterable<Uint8Array>,
      };
    item.resume();
  }
}

function headerOf(header: Header, path: string, xattrs: Xattrs | undefined): EntryHeader {
  const type = TYPES[header.type ?? 'file'];
  if (type === undefined) throw new Error(`${path} is of the unknown type ${header.type}`);
  // tar-stream applies the pax records of names and sizes alone.
  const pax = (header.pax ?? {}) as Record<string, string | undefined>;
  const mtime = pax.mtime === undefined ? (header.mtime?.getTime() ?? 0) / 1000 : Number(pax.mtime);
  const common = {
    path,
    mode: (header.mode ?? 0) & 0o7777,
    uid: Number(pax.uid ?? header.uid ?? 0),
    gid: Number(pax.gid ?? header.gid ?? 0),
    mtime: Math.floor(mtime),
    ...(xattrs ? { xattrs } : {}),
  };
  switch (type) {
    case 'symlink':
      return { ...common, type, linkTarget: header.linkname ?? '' };
    case 'hardlink':
      return { ...common, type, linkTarget: cleanPath(header.linkname ?? '') };
    case 'char':
    case 'block':
      return { ...common, type, major: header.devmajor ?? 0, minor: header.devminor ?? 0 };
    default:
      return { ...common, type };
  }
}

function cleanPath(name: string): string {
  return name
    .replace(/^(\.?\/)+/, '')
    .replace(/^\.$/, '')
    .replace(/\/+$/, '');
}
