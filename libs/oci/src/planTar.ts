import { ok, type Result } from '@prism-build/errors';
import { type Content, contentSize, type Entry, type LayerEntries } from './entry';
import { orderEntries } from './orderEntries';
import { encodePax, needsPax } from './pax';
import { encodeHeader, type HeaderFields, paddingOf, TAR_BLOCK } from './tarHeader';

const TYPEFLAGS = {
  file: '0',
  hardlink: '1',
  symlink: '2',
  char: '3',
  block: '4',
  directory: '5',
  fifo: '6',
} as const;

/** A tar as a lazy sequence of pieces; `size` is their sum in bytes. */
export interface TarPlan {
  readonly parts: Iterable<Content>;
  readonly size: number;
}

/**
 * The tar of a tree: POSIX ustar headers with pax records where a value does not fit, in the order of
 * `orderEntries`, ended by two zero blocks. A function of the tree alone, never of the order of its entries.
 */
export function planTar(tree: LayerEntries): Result<TarPlan> {
  const ordered = orderEntries(tree);
  if (!ordered.ok) return ordered;
  const entries = ordered.value;
  // Headers of 100,000 files would fill more memory than the rest of a build.
  const parts = { [Symbol.iterator]: () => listParts(entries) };
  return ok({ parts, size: entries.reduce((total, entry) => total + entrySize(entry), 2 * TAR_BLOCK) });
}

function* listParts(entries: LayerEntries): Generator<Content> {
  for (const entry of entries) yield* planEntry(entry);
  yield zeros(2 * TAR_BLOCK);
}

function entrySize(entry: Entry): number {
  const fields = fieldsOf(entry);
  const pax = needsPax(entry, fields) ? encodePax(entry, fields).length : 0;
  return pax + TAR_BLOCK + fields.size + paddingOf(fields.size);
}

/** Header, content and padding of one entry. */
export function planEntry(entry: Entry): Content[] {
  const fields = fieldsOf(entry);
  const pax = needsPax(entry, fields) ? [bytes(encodePax(entry, fields))] : [];
  const header = bytes(encodeHeader(clampFields(fields)));
  if (entry.type !== 'file' || contentSize(entry.content) === 0) return [...pax, header];
  const padding = paddingOf(fields.size);
  return [...pax, header, entry.content, ...(padding > 0 ? [zeros(padding)] : [])];
}

function fieldsOf(entry: Entry): HeaderFields {
  const isDevice = entry.type === 'char' || entry.type === 'block';
  const isLink = entry.type === 'symlink' || entry.type === 'hardlink';
  return {
    name: Buffer.from(entry.type === 'directory' ? `${entry.path}/` : entry.path),
    typeflag: TYPEFLAGS[entry.type],
    mode: entry.mode,
    uid: entry.uid,
    gid: entry.gid,
    size: entry.type === 'file' ? contentSize(entry.content) : 0,
    mtime: entry.mtime ?? 0,
    linkname: Buffer.from(isLink ? entry.linkTarget : ''),
    major: isDevice ? entry.major : 0,
    minor: isDevice ? entry.minor : 0,
  };
}

/** A value with a pax record is zero in the header, which pax readers ignore. */
function clampFields(fields: HeaderFields): HeaderFields {
  const fit = (value: number, max: number) => (value > max ? 0 : value);
  return {
    ...fields,
    uid: fit(fields.uid, 0o7777777),
    gid: fit(fields.gid, 0o7777777),
    size: fit(fields.size, 0o77777777777),
  };
}

function bytes(value: Uint8Array): Content {
  return { kind: 'bytes', bytes: value };
}

function zeros(count: number): Content {
  return bytes(new Uint8Array(count));
}
