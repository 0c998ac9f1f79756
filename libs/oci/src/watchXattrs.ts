import { paddingOf, TAR_BLOCK } from './tarHeader';

const XATTR = 'SCHILY.xattr.';
/** No pax header of a sane producer is bigger. */
const MAX_PAX = 1 << 20;

export type Xattrs = Readonly<Record<string, Uint8Array>>;

/**
 * Extended attributes of the entries of a tar by the offset of their content. They are binary (the capabilities of
 * a program are), and tar-stream gives pax records as text alone: this looks at the same bytes as they pass, before
 * tar-stream sees them.
 */
export function watchXattrs(source: AsyncIterable<Uint8Array>): {
  readonly bytes: AsyncIterable<Uint8Array>;
  readonly at: (offset: number) => Xattrs | undefined;
} {
  const found = new Map<number, Xattrs>();
  const scan = makeScanner(found);
  const bytes = async function* () {
    for await (const chunk of source) {
      scan(chunk);
      yield chunk;
    }
  };
  return {
    bytes: bytes(),
    at: (offset) => {
      const xattrs = found.get(offset);
      found.delete(offset);
      return xattrs;
    },
  };
}

/** Walks headers and skips contents, whatever the chunks; `found` gets what entries have. */
function makeScanner(found: Map<number, Xattrs>): (chunk: Uint8Array) => void {
  const header = Buffer.alloc(TAR_BLOCK);
  let records = new Map<string, Uint8Array>();
  let offset = 0;
  /** Bytes to pass by; then `buffer` is filled, and `finish` says what comes next. */
  let skip = 0;
  let buffer: Buffer = header;
  let filled = 0;
  let finish = readHeader;
  function expect(next: Buffer, then: () => void, after: number): void {
    [buffer, finish, skip, filled] = [next, then, after, 0];
  }
  function readHeader(): void {
    const size = sizeOf(header);
    const type = String.fromCharCode(header[156]!);
    if (type === 'x' && size > 0 && size <= MAX_PAX) {
      expect(Buffer.alloc(size), readPax, 0);
      return;
    }
    expect(header, readHeader, size + paddingOf(size));
    if (['x', 'g', 'L', 'K'].includes(type) || header.every((byte) => byte === 0)) return;
    const own = records.get('size');
    const whole = own ? Number(Buffer.from(own).toString()) : size;
    // Directories have no content, whatever their header says.
    expect(header, readHeader, type === '5' ? 0 : whole + paddingOf(whole));
    const xattrs = [...records].filter(([key]) => key.startsWith(XATTR));
    if (xattrs.length > 0)
      found.set(offset, Object.fromEntries(xattrs.map(([key, value]) => [key.slice(XATTR.length), value])));
    records = new Map();
  }
  function readPax(): void {
    records = parseRecords(buffer);
    expect(header, readHeader, paddingOf(buffer.length));
  }
  return (chunk) => {
    for (let at = 0; at < chunk.length; ) {
      const count = Math.min(skip > 0 ? skip : buffer.length - filled, chunk.length - at);
      if (skip === 0) buffer.set(chunk.subarray(at, at + count), filled);
      at += count;
      offset += count;
      if (skip > 0) skip -= count;
      else {
        filled += count;
        if (filled === buffer.length) finish();
      }
    }
  };
}

/** `<length> <key>=<value>\n`, the length counting all of it (POSIX pax). */
function parseRecords(bytes: Buffer): Map<string, Uint8Array> {
  const records = new Map<string, Uint8Array>();
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(0x20, at);
    const length = space < 0 ? 0 : Number(bytes.toString('latin1', at, space));
    const equals = bytes.indexOf(0x3d, space);
    if (!(length > 0) || equals < 0 || at + length > bytes.length) break;
    records.set(
      bytes.toString('utf8', space + 1, equals),
      new Uint8Array(bytes.subarray(equals + 1, at + length - 1)),
    );
    at += length;
  }
  return records;
}

/** Octal digits, or the base-256 form of GNU for what these cannot say. */
function sizeOf(header: Buffer): number {
  if ((header[124]! & 0x80) !== 0) return Number(header.readBigUInt64BE(128));
  return Number.parseInt(header.toString('latin1', 124, 136).replaceAll('\0', ' ').trim(), 8) || 0;
}
