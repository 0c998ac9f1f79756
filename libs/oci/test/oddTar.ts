import fc from 'fast-check';

/** How a member is written; every way must read as the same file. */
interface Ways {
  readonly name: 'ustar' | 'gnu' | 'pax';
  readonly numbers: 'octal' | 'base256' | 'pax';
  readonly sparse: 'no' | 'gnu' | '0.0' | '0.1' | '1.0';
  /** A prefix of the name that has no meaning. */
  readonly prefix: '' | './' | '/' | './/';
}

export interface OddMember {
  readonly path: string;
  readonly type: 'file' | 'directory' | 'symlink' | 'hardlink' | 'fifo';
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly content: Buffer;
  readonly target: string;
  readonly ways: Ways;
}

interface Raw {
  readonly name: Buffer;
  readonly typeflag: string;
  readonly magic?: 'gnu' | 'ustar' | 'v7';
  readonly prefix?: Buffer;
  readonly size?: number;
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly link?: Buffer;
  readonly base256?: boolean;
  /** Bytes at an offset of the header. */
  readonly extra?: readonly (readonly [number, Buffer])[];
  readonly body?: Buffer;
}

const pad = (bytes: Buffer): Buffer =>
  Buffer.concat([bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);

export function rawMember(raw: Raw): Buffer {
  const block = Buffer.alloc(512);
  raw.name.copy(block, 0, 0, 100);
  const number = (value: number, at: number, length: number) => {
    if (!raw.base256) block.write(value.toString(8).padStart(length - 1, '0'), at, 'latin1');
    else {
      block.writeBigUInt64BE(BigInt(value), at + length - 8);
      block[at]! |= 0x80;
    }
  };
  number(raw.mode ?? 0o644, 100, 8);
  number(raw.uid ?? 0, 108, 8);
  number(raw.gid ?? 0, 116, 8);
  number(raw.size ?? raw.body?.length ?? 0, 124, 12);
  number(1_600_000_000, 136, 12);
  block.write(raw.typeflag, 156, 'latin1');
  raw.link?.copy(block, 157, 0, 100);
  const magic = { gnu: 'ustar  \0', ustar: 'ustar\x0000', v7: '' }[raw.magic ?? 'ustar'];
  block.write(magic, 257, 'latin1');
  if (magic) block.write('0000000\x000000000\0', 329, 'latin1');
  raw.prefix?.copy(block, 345, 0, 155);
  for (const [at, bytes] of raw.extra ?? []) bytes.copy(block, at);
  block.fill(0x20, 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return Buffer.concat([block, pad(raw.body ?? Buffer.alloc(0))]);
}

export function paxHeader(
  records: readonly (readonly [string, string | Buffer])[],
  typeflag = 'x',
  name = 'PaxHeaders/x',
): Buffer {
  const body = Buffer.concat(
    records.map(([key, value]) => {
      const rest = Buffer.concat([Buffer.from(` ${key}=`), Buffer.from(value), Buffer.from('\n')]);
      let length = rest.length + 1;
      while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
      return Buffer.concat([Buffer.from(String(length)), rest]);
    }),
  );
  return rawMember({ name: Buffer.from(name), typeflag, body });
}

export const tarEnd = Buffer.alloc(1024);

const FLAGS = { file: '0', directory: '5', symlink: '2', hardlink: '1', fifo: '6' } as const;

/** A member with all the headers in front of it. */
export function oddMember({ ways, ...member }: OddMember): Buffer {
  const full = Buffer.from(`${ways.prefix}${member.path}${member.type === 'directory' ? '/' : ''}`);
  const link = Buffer.from(member.target);
  const sparse = member.type === 'file' && ways.sparse !== 'no';
  const extents = sparse ? extentsOf(member.content) : [{ at: 0, length: member.content.length }];
  const data = Buffer.concat(extents.map(({ at, length }) => member.content.subarray(at, at + length)));
  const map = extents.flatMap(({ at, length }) => [at, length]);
  const records: [string, string | Buffer][] = [];
  const front: Buffer[] = [];
  const gnuLong = (bytes: Buffer, typeflag: string) =>
    rawMember({
      name: Buffer.from('././@LongLink'),
      typeflag,
      magic: 'gnu',
      body: Buffer.concat([bytes, Buffer.alloc(1)]),
    });
  const cut = full.length > 100 ? full.lastIndexOf(0x2f, Math.min(155, full.length - 2)) : -1;
  const split =
    ways.name === 'ustar' && !(sparse && ways.sparse === 'gnu') && cut > 0 && full.length - cut - 1 <= 100;
  if (!split && full.length > 100) {
    if (ways.name === 'pax') records.push(['path', full]);
    else front.push(gnuLong(full, 'L'));
  }
  if (link.length > 100) {
    if (ways.name === 'pax') records.push(['linkpath', link]);
    else front.push(gnuLong(link, 'K'));
  }
  const big = member.uid > 0o7777777 || member.gid > 0o7777777;
  const base256 = ways.numbers === 'base256' || (big && ways.numbers === 'octal');
  if (ways.numbers === 'pax') records.push(['uid', String(member.uid)], ['gid', String(member.gid)]);
  const size = String(member.content.length);
  let body = data;
  if (sparse && ways.sparse === '0.0') {
    records.push(['GNU.sparse.size', size], ['GNU.sparse.numblocks', String(extents.length)]);
    for (const { at, length } of extents)
      records.push(['GNU.sparse.offset', String(at)], ['GNU.sparse.numbytes', String(length)]);
  }
  if (sparse && ways.sparse === '0.1')
    records.push(
      ['GNU.sparse.size', size],
      ['GNU.sparse.numblocks', String(extents.length)],
      ['GNU.sparse.map', map.join()],
    );
  if (sparse && ways.sparse === '1.0') {
    records.push(
      ['GNU.sparse.major', '1'],
      ['GNU.sparse.minor', '0'],
      ['GNU.sparse.name', full],
      ['GNU.sparse.realsize', size],
    );
    body = Buffer.concat([pad(Buffer.from([extents.length, ...map].join('\n').concat('\n'))), data]);
  }
  const raw = {
    ...{ name: split ? full.subarray(cut + 1) : full.subarray(0, 100), link },
    ...{
      mode: member.mode,
      uid: ways.numbers === 'pax' ? 0 : member.uid,
      gid: ways.numbers === 'pax' ? 0 : member.gid,
    },
    ...{ base256, ...(split ? { prefix: full.subarray(0, cut) } : {}) },
  };
  if (records.length > 0) front.push(paxHeader(records));
  if (sparse && ways.sparse === 'gnu')
    return Buffer.concat([...front, oldSparse(raw, extents, member.content.length, data)]);
  return Buffer.concat([
    ...front,
    rawMember({
      ...raw,
      typeflag: FLAGS[member.type],
      body: member.type === 'file' ? body : Buffer.alloc(0),
    }),
  ]);
}

interface Piece {
  readonly at: number;
  readonly length: number;
}

/** The parts of a content that are not zeros, in blocks of 512 bytes, and an empty one at the end as GNU tar writes. */
function extentsOf(content: Buffer): Piece[] {
  const pieces: Piece[] = [];
  for (let at = 0; at < content.length; at += 512) {
    const block = content.subarray(at, at + 512);
    if (block.some((byte) => byte !== 0)) pieces.push({ at, length: block.length });
  }
  const last = pieces.at(-1);
  if (!last || last.at + last.length < content.length) pieces.push({ at: content.length, length: 0 });
  return pieces;
}

function oldSparse(raw: Omit<Raw, 'typeflag'>, pieces: readonly Piece[], size: number, data: Buffer): Buffer {
  const slot = (value: number) => Buffer.from(`${value.toString(8).padStart(11, '0')}\0`);
  const slots = (some: readonly Piece[]) =>
    Buffer.concat(some.flatMap(({ at, length }) => [slot(at), slot(length)]));
  const more = pieces.slice(4);
  const blocks: Buffer[] = [];
  for (let at = 0; at < more.length; at += 21) {
    const block = Buffer.alloc(512);
    slots(more.slice(at, at + 21)).copy(block);
    block[504] = at + 21 < more.length ? 1 : 0;
    blocks.push(block);
  }
  const extra = [
    [386, slots(pieces.slice(0, 4))],
    [482, Buffer.from([more.length > 0 ? 1 : 0])],
    [483, slot(size)],
  ] as const;
  const header = rawMember({ ...raw, typeflag: 'S', magic: 'gnu', size: data.length, extra });
  return Buffer.concat([header, ...blocks, pad(data)]);
}

const segment = fc.oneof(
  fc.stringMatching(/^[a-z][a-z0-9._-]{0,8}$/),
  fc.constantFrom('é', '日本', 'x'.repeat(101), 'y'.repeat(150), ' a ', 'ü'.repeat(60), 'a\nb', "it's"),
);

const ways: fc.Arbitrary<Ways> = fc.record({
  name: fc.constantFrom('ustar', 'gnu', 'pax'),
  numbers: fc.constantFrom('octal', 'base256', 'pax'),
  sparse: fc.constantFrom('no', 'gnu', '0.0', '0.1', '1.0'),
  prefix: fc.constantFrom('', './', '/', './/'),
});

/** Islands of bytes in zeros, so that there is something to leave out. */
const content: fc.Arbitrary<Buffer> = fc
  .tuple(
    fc.nat(40_000),
    fc.array(fc.tuple(fc.nat(40_000), fc.uint8Array({ minLength: 1, maxLength: 900 })), { maxLength: 30 }),
  )
  .map(([size, islands]) => {
    const bytes = Buffer.alloc(size);
    for (const [at, island] of islands) Buffer.from(island).copy(bytes, Math.min(at, size));
    return bytes;
  });

/** Directories, then what is in them, then hard links to files: an archive that any reader unpacks to the same tree. */
export const oddMembers: fc.Arbitrary<OddMember[]> = fc
  .uniqueArray(fc.array(segment, { minLength: 1, maxLength: 4 }), {
    maxLength: 20,
    selector: (parts) => parts.join('/'),
  })
  .chain((paths) => {
    const parents = new Set(
      paths.flatMap((parts) => parts.slice(1).map((_, at) => parts.slice(0, at + 1).join('/'))),
    );
    const leaves = paths.map((parts) => parts.join('/')).filter((path) => !parents.has(path));
    const base = {
      ways,
      mode: fc.nat(0o777).map((mode) => mode | 0o700),
      uid: fc.constantFrom(0, 7, 3_000_000),
      gid: fc.constantFrom(0, 9),
    };
    const nothing = { content: fc.constant(Buffer.alloc(0)), target: fc.constant('') };
    const directory = (path: string) =>
      fc.record({ ...base, ...nothing, path: fc.constant(path), type: fc.constant('directory' as const) });
    const leaf = (path: string): fc.Arbitrary<OddMember> => {
      const at = { ...base, path: fc.constant(path) };
      return fc.oneof(
        {
          weight: 4,
          arbitrary: fc.record({
            ...at,
            content,
            target: fc.constant(''),
            type: fc.constant('file' as const),
          }),
        },
        fc.record({ ...at, ...nothing, target: segment, type: fc.constant('symlink' as const) }),
        fc.record({ ...at, ...nothing, type: fc.constant('fifo' as const) }),
      );
    };
    const [links, files] = [leaves.filter((_, at) => at % 4 === 3), leaves.filter((_, at) => at % 4 !== 3)];
    return fc
      .tuple(fc.tuple(...[...parents].map(directory)), fc.tuple(...files.map(leaf)), fc.infiniteStream(ways))
      .map(([directories, placed, stream]) => {
        const regular = placed.filter(({ type }) => type === 'file');
        const hard = links.flatMap((path, at): OddMember[] => {
          const target = regular[at % Math.max(1, regular.length)];
          return target
            ? [
                {
                  ...target,
                  path,
                  type: 'hardlink',
                  target: target.path,
                  content: Buffer.alloc(0),
                  ways: stream.next().value!,
                },
              ]
            : [];
        });
        return [...directories, ...placed, ...hard];
      });
  });
