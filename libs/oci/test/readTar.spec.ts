import fc from 'fast-check';
import { readLayer } from '../src/index';
import { type OddMember, oddMember, oddMembers, paxHeader, rawMember, tarEnd } from './oddTar';

async function* streamOf(bytes: Buffer, step: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += step) yield bytes.subarray(at, at + step);
}

/** The entries that an archive has, contents in hexadecimal; unread contents are not checked. */
async function read(bytes: Buffer, step = 700, wants: (path: string) => boolean = () => true) {
  const entries: Record<string, unknown>[] = [];
  for await (const { header, size, content } of readLayer(streamOf(bytes, step))) {
    const { mtime: _, ...rest } = header;
    if (!wants(header.path)) continue;
    const chunks: Uint8Array[] = [];
    for await (const chunk of content) chunks.push(Buffer.from(chunk));
    const all = Buffer.concat(chunks);
    expect(all.length).toBe(size);
    entries.push({ ...rest, text: all.toString('hex') });
  }
  return entries;
}

function expected({ path, type, mode, uid, gid, content, target }: OddMember) {
  const isLink = type === 'symlink' || type === 'hardlink';
  return {
    path,
    type,
    mode,
    uid,
    gid,
    ...(isLink ? { linkTarget: target } : {}),
    text: content.toString('hex'),
  };
}

const named = (name: string | Buffer, more: object = {}) =>
  rawMember({ name: Buffer.from(name), typeflag: '0', body: Buffer.from('text'), ...more });
const archive = (...parts: Buffer[]) => Buffer.concat([...parts, tarEnd]);
const paths = async (bytes: Buffer) => (await read(bytes)).map(({ path }) => path);

test('whatever way a member is written, it reads the same', async () => {
  await fc.assert(
    fc.asyncProperty(oddMembers, fc.integer({ min: 1, max: 3000 }), async (members, step) => {
      const bytes = archive(...members.map(oddMember));
      expect(await read(bytes, step)).toEqual(members.map(expected));
    }),
    { numRuns: 60 },
  );
});

test('contents that nobody reads are passed over', async () => {
  await fc.assert(
    fc.asyncProperty(oddMembers, fc.nat(3), async (members, skipped) => {
      const chosen = members.filter((_, at) => at % 4 !== skipped);
      const wanted = new Set(chosen.map(({ path }) => path));
      const bytes = archive(...members.map(oddMember));
      expect(await read(bytes, 700, (path) => wanted.has(path))).toEqual(chosen.map(expected));
    }),
    { numRuns: 30 },
  );
});

test('an archive that is cut anywhere within a member is an error', async () => {
  const members = [oddMember(sample('1.0')), oddMember(sample('gnu')), oddMember(sample('0.1'))];
  const whole = Buffer.concat(members);
  const ends = new Set([0, members[0]!.length, members[0]!.length + members[1]!.length, whole.length]);
  for (let at = 1; at < whole.length; at += 257)
    if (!ends.has(at)) await expect(read(whole.subarray(0, at))).rejects.toThrow(/ends|damaged/);
  expect(await read(whole)).toHaveLength(3);
});

function sample(sparse: OddMember['ways']['sparse']): OddMember {
  const content = Buffer.alloc(30_000);
  for (let at = 0; at < content.length; at += 1024) content.write('island', at);
  const ways = { name: 'pax', numbers: 'octal', sparse, prefix: '' } as const;
  return { path: `d/${sparse}`, type: 'file', mode: 0o644, uid: 0, gid: 0, content, target: '', ways };
}

test.each([
  ['names that are not UTF-8', archive(named(Buffer.from('caf\xe9', 'latin1'))), 'caf\\xe9 is not UTF-8'],
  [
    'link targets that are not UTF-8',
    archive(rawMember({ name: Buffer.from('l'), typeflag: '2', link: Buffer.from([0xff]) })),
    'the target \\xff is not UTF-8',
  ],
  ['names with a NUL', archive(paxHeader([['path', 'a\0b']]), named('x')), 'holds a NUL'],
  [
    'another character set',
    archive(paxHeader([['hdrcharset', 'ISO-IR 8859 1 1998']]), named('x')),
    'character set',
  ],
  ['two names', archive(gnuName('one'), paxHeader([['path', 'two']]), named('x')), 'a second name'],
  [
    'two extended headers',
    archive(paxHeader([['uid', '1']]), paxHeader([['gid', '1']]), named('x')),
    'two extended',
  ],
  ['an extended header at the end', archive(paxHeader([['path', 'x']])), 'behind an extended header'],
  [
    'a record for all members that changes names',
    archive(paxHeader([['path', 'x']], 'g'), named('y')),
    'sets path',
  ],
  [
    'a damaged record',
    archive(paxHeader([['path', 'x']]).fill('8', 512, 513), named('x')),
    'record is damaged',
  ],
  ['a part of a file', archive(named('x', { typeflag: 'M' })), 'another volume'],
  ['an unknown type', archive(named('x', { typeflag: 'Z' })), 'unknown type "Z"'],
  ['an access control list of Solaris', archive(named('x', { typeflag: 'A' })), 'Solaris'],
  ['a file named as a directory', archive(named('x/')), 'name of a directory'],
  ['a sparse file of star', archive(paxHeader([['SCHILY.realsize', '9']]), named('x')), 'format of star'],
  ['a sparse file of an unknown version', archive(sparseRecords('2'), named('x')), 'sparse format 2.0'],
  ['a sparse map that overlaps', archive(sparseMap('0,3,1,1'), named('x')), 'map is damaged'],
  ['a sparse map beyond the end', archive(sparseMap('0,3,100,1'), named('x')), 'map is damaged'],
  ['a sparse map of more than there is', archive(sparseMap('0,5'), named('x')), 'names 5 bytes'],
  ['a sparse map of less than there is', archive(sparseMap('0,3'), named('x')), 'holds 4'],
  ['a damaged number', archive(named('x', { extra: [[124, Buffer.from('9x')]] })), 'not an octal number'],
  ['a negative size', archive(named('x', { extra: [[124, Buffer.alloc(12, 0xff)]] })), 'size is negative'],
  ['a wrong checksum', archive(named('x').fill('7', 0, 1)), 'checksum'],
  [
    'members behind a single block of zeros',
    archive(named('x'), Buffer.alloc(512), named('y')),
    'single block',
  ],
  ['a body of a hard link', archive(rawMember({ ...link('1'), body: Buffer.from('text') })), 'checksum'],
])('%s: refused', async (_, bytes, why) => {
  await expect(read(bytes)).rejects.toThrow(why);
});

function gnuName(name: string): Buffer {
  return rawMember({
    name: Buffer.from('././@LongLink'),
    typeflag: 'L',
    magic: 'gnu',
    body: Buffer.from(`${name}\0`),
  });
}

function sparseRecords(major: string): Buffer {
  return paxHeader([
    ['GNU.sparse.major', major],
    ['GNU.sparse.minor', '0'],
    ['GNU.sparse.realsize', '9'],
  ]);
}

function sparseMap(map: string): Buffer {
  return paxHeader([
    ['GNU.sparse.map', map],
    ['GNU.sparse.size', '50'],
  ]);
}

function link(typeflag: string) {
  return { name: Buffer.from('l'), typeflag, link: Buffer.from('x') };
}

test('what follows the end, labels of volumes and comments for all members are passed over', async () => {
  const bytes = archive(
    paxHeader(
      [
        ['comment', 'c0ffee'],
        ['mtime', '1'],
      ],
      'g',
    ),
    named('label', { typeflag: 'V' }),
    named('a'),
  );
  expect(await paths(Buffer.concat([bytes, Buffer.from('garbage'), named('b')]))).toEqual(['a']);
});

test('archives without an end, and with one block of it, are whole', async () => {
  expect(await paths(named('a'))).toEqual(['a']);
  expect(await paths(Buffer.concat([named('a'), Buffer.alloc(512)]))).toEqual(['a']);
  expect(await paths(Buffer.alloc(0))).toEqual([]);
});

test('the forms before POSIX and those of others', async () => {
  const v7 = (name: string, more: object) => named(name, { magic: 'v7', ...more });
  const star: [number, Buffer][] = [
    [345, Buffer.from('p')],
    [476, Buffer.from('12345670000 ')],
    [508, Buffer.from('tar\0')],
  ];
  const entries = await read(
    archive(
      v7('old/', { typeflag: '\0', body: Buffer.alloc(0) }),
      v7('old/f', { typeflag: '\0' }),
      named('near', { typeflag: '7' }),
      named('dump/', { typeflag: 'D', magic: 'gnu', body: Buffer.from('Yname\0\0') }),
      named('star', { extra: star }),
      named('solaris', { typeflag: '2', link: Buffer.from('x'), body: Buffer.alloc(0) }),
    ),
  );
  expect(entries.map(({ path, type }) => `${path} ${type}`)).toEqual([
    ...['old directory', 'old/f file', 'near file', 'dump directory', 'p/star file', 'solaris symlink'],
  ]);
});

test('extended attributes: bytes of star before text of libarchive; an empty record takes the header', async () => {
  const value = Buffer.from([1, 0, 0x3d, 10]);
  const records = paxHeader([
    ['SCHILY.xattr.security.capability', value],
    ['LIBARCHIVE.xattr.security.capability', 'AAAA'],
    ['LIBARCHIVE.xattr.user.a%20b', 'aGk'],
    ['path', ''],
  ]);
  const [entry] = await read(archive(records, named('x')));
  expect(entry).toMatchObject({
    path: 'x',
    xattrs: { 'security.capability': new Uint8Array(value), 'user.a b': new Uint8Array(Buffer.from('hi')) },
  });
});

test('files beyond 8 GiB are told by base-256 numbers and by pax records', async () => {
  const size = 9 * 2 ** 30;
  const headers = [
    named('x', { base256: true, size, body: Buffer.alloc(0) }),
    Buffer.concat([paxHeader([['size', String(size)]]), named('x', { size: 0, body: Buffer.alloc(0) })]),
  ];
  for (const bytes of headers) {
    const first = await readLayer(streamOf(bytes, 512)).next();
    expect(first.value).toMatchObject({ size });
  }
});
