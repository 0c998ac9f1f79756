import type { EntryHeader } from './entry';
import { type ByteReader, readBytes } from './tar/byteReader';
import { parseHeader, type RawHeader } from './tar/header';
import { describeMember, type Extensions } from './tar/member';
import { type PaxRecords, parsePaxRecords } from './tar/paxRecords';
import { fillHoles, readSparseMap } from './tar/sparse';
import { printBytes, untilNul } from './tar/text';
import { paddingOf, TAR_BLOCK } from './tarHeader';

/** `content` streams the file's bytes. Read it before requesting the next entry, or not at all. */
export interface LayerItem {
  readonly header: EntryHeader;
  /** Bytes of the file, with the holes of a sparse one. */
  readonly size: number;
  readonly content: AsyncIterable<Uint8Array>;
}

/** The largest accepted extended header, in bytes; the limit of Go's archive/tar. */
const maxExtension = 1 << 20;

/**
 * The entries of an uncompressed tar (a layer: see `decompressLayer`), in its order; whiteouts as plain files. Reads POSIX
 * ustar and pax, GNU, star and V7 as GNU tar and libarchive do, including sparse files. Throws an Error on damage and on
 * archives that those two read differently. Reads and ignores data after the end mark.
 */
export async function* readLayer(tar: AsyncIterable<Uint8Array>): AsyncGenerator<LayerItem> {
  const reader = readBytes(tar);
  try {
    for (let raw = await nextHeader(reader); raw; raw = await nextHeader(reader)) {
      const extended = await readExtensions(reader, raw);
      if (!extended) continue;
      yield* readMember(reader, extended.raw, extended.extensions);
    }
    // A damaged end of the compressed stream is found by reading it.
    while ((await reader.some(1 << 20)).length > 0);
  } finally {
    await reader.close();
  }
}

/** Undefined at the end: two blocks of zeros, or the end of the stream where a header may begin. */
async function nextHeader(reader: ByteReader): Promise<RawHeader | undefined> {
  const block = await reader.read(TAR_BLOCK);
  if (block.length === 0) return undefined;
  if (block.length < TAR_BLOCK) throw new Error('the archive ends within a header');
  if (!isZero(block)) return parseHeader(block);
  const second = await reader.read(TAR_BLOCK);
  if (second.length > 0 && !isZero(second)) throw new Error('a single block of zeros stands between members');
  return undefined;
}

interface Extended {
  readonly raw: RawHeader;
  readonly extensions: Extensions;
}

/** Reads extended headers up to the header of the member. Undefined if no member follows, as after a volume label. */
async function readExtensions(reader: ByteReader, first: RawHeader): Promise<Extended | undefined> {
  const found: { longName?: Buffer; longLink?: Buffer; records?: PaxRecords } = {};
  for (let raw: RawHeader | undefined = first; ; raw = await nextHeader(reader)) {
    if (!raw) throw new Error('the archive ends behind an extended header');
    const key = EXTENSIONS[raw.typeflag];
    if (key === undefined) {
      // A volume label is not a member; only its own name is checked.
      if (raw.typeflag !== 'V') return { raw, extensions: found };
      await skip(reader, raw.size);
      return undefined;
    }
    if (raw.size > maxExtension) throw new Error(`an extended header has ${raw.size} bytes`);
    const body = await readBody(reader, raw.size);
    if (key === 'global') {
      checkGlobal(parsePaxRecords(body));
      // Global records stand alone.
      if (raw === first) return undefined;
      continue;
    }
    if (found[key]) throw new Error(`a member has two extended headers of the type ${raw.typeflag}`);
    if (key === 'records') found.records = parsePaxRecords(body);
    else found[key] = Buffer.from(untilNul(body));
  }
}

/** `X` is how Solaris wrote pax before there was a standard. */
const EXTENSIONS: Readonly<Record<string, 'longName' | 'longLink' | 'records' | 'global' | undefined>> = {
  ...{ L: 'longName', K: 'longLink', x: 'records', X: 'records', g: 'global' },
};

/** GNU tar applies global records to all members, engines do not. Accepts only records that change no image. */
function checkGlobal(records: PaxRecords): void {
  const changes =
    /^(path|linkpath|size|uid|gid|hdrcharset|GNU\.sparse\..*|GNU\.volume\.(filename|size|offset)|.*\.xattr\..*)$/;
  const [found] = records.find(([key]) => changes.test(key)) ?? [];
  if (found !== undefined)
    throw new Error(
      `a pax record for all members sets ${found}, which readers of tar take in different ways`,
    );
}

async function* readMember(
  reader: ByteReader,
  raw: RawHeader,
  extensions: Extensions,
): AsyncGenerator<LayerItem> {
  const { header, stored } = describeMember(raw, extensions);
  const isFile = header.type === 'file';
  const map = await naming(raw, () =>
    isFile ? readSparseMap(raw, extensions.records ?? [], stored, reader) : undefined,
  );
  let left = stored - (map?.taken ?? 0);
  const take = async function* (count: number): AsyncGenerator<Uint8Array> {
    for (let wanted = count; wanted > 0; ) {
      const part = await reader.some(Math.min(wanted, left));
      if (part.length === 0)
        throw new Error(`the archive ends within ${printBytes(Buffer.from(header.path))}`);
      wanted -= part.length;
      left -= part.length;
      yield part;
    }
  };
  const size = isFile ? (map?.size ?? stored) : 0;
  const content = !isFile ? take(0) : map ? fillHoles(map, take) : take(stored);
  // The root's own entry, `./`, which some producers write, has no name in a tree.
  if (header.path !== '') yield { header, size, content };
  await skip(reader, left, paddingOf(stored));
}

async function naming<T>(raw: RawHeader, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new Error(`${printBytes(raw.name)}: ${(error as Error).message}`);
  }
}

async function readBody(reader: ByteReader, size: number): Promise<Buffer> {
  const body = Buffer.from(await reader.read(size));
  if (body.length < size) throw new Error('the archive ends within an extended header');
  await skip(reader, 0, paddingOf(size));
  return body;
}

async function skip(reader: ByteReader, size: number, padding = paddingOf(size)): Promise<void> {
  for (let left = size + padding; left > 0; ) {
    const part = await reader.some(left);
    if (part.length === 0) throw new Error('the archive ends within a member');
    left -= part.length;
  }
}

function isZero(block: Buffer): boolean {
  return block.every((byte) => byte === 0);
}
