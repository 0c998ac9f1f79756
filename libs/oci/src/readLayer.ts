import { pipeline, Readable } from 'node:stream';
import type { Header } from 'tar-stream';
import type { Entry } from './tree';

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

const XATTR = 'SCHILY.xattr.';

/**
 * The entries of an uncompressed layer tar (see `decompressLayer`), in its order, whiteouts as the files that
 * they are. Throws an Error on what is no tar, and on an xattr that is no UTF-8, which tar-stream cannot give.
 */
export async function* readLayer(tar: AsyncIterable<Uint8Array>): AsyncGenerator<LayerItem> {
  // Loaded when an archive is read: most builds read none.
  const { extract } = await import('tar-stream');
  const unpack = extract();
  pipeline(Readable.from(tar), unpack, () => {});
  for await (const item of unpack) {
    const { header } = item;
    const path = cleanPath(header.name);
    // The root's own entry, `./`, which some producers write, has no name in a tree.
    if (path !== '')
      yield {
        header: headerOf(header, path),
        size: header.size ?? 0,
        content: item as AsyncIterable<Uint8Array>,
      };
    item.resume();
  }
}

function headerOf(header: Header, path: string): EntryHeader {
  const type = TYPES[header.type ?? 'file'];
  if (type === undefined) throw new Error(`${path} is of the unknown type ${header.type}`);
  const xattrs = xattrsOf(header, path);
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

function xattrsOf(header: Header, path: string): Record<string, Uint8Array> | undefined {
  const records = Object.entries((header.pax ?? {}) as Record<string, string>).filter(([key]) =>
    key.startsWith(XATTR),
  );
  if (records.length === 0) return undefined;
  return Object.fromEntries(
    records.map(([key, value]) => {
      if (value.includes('\ufffd')) throw new Error(`${path} has the binary attribute ${key}`);
      return [key.slice(XATTR.length), new Uint8Array(Buffer.from(value))];
    }),
  );
}

function cleanPath(name: string): string {
  return name
    .replace(/^(\.?\/)+/, '')
    .replace(/^\.$/, '')
    .replace(/\/+$/, '');
}
