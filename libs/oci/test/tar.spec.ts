import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { readParts } from '../src/disk/readParts';
import {
  type Entry,
  type LayerEntries,
  opaqueWhiteout,
  orderEntries,
  planTar,
  readLayer,
  whiteout,
} from '../src/index';
import { codesOf, good, makeDirectory, removeDirectories, sampleTree } from './images';

afterAll(removeDirectories);

const OWNER = { mode: 0o644, uid: 0, gid: 0 } as const;

function tarOf(tree: LayerEntries, chunkSize = 1 << 20): Buffer {
  const chunks: Buffer[] = [];
  for (const chunk of readParts(good(planTar(tree)), chunkSize)) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

function fileAt(path: string, text = ''): Entry {
  return { type: 'file', path, ...OWNER, content: { kind: 'bytes', bytes: Buffer.from(text) } };
}

/** The entries as readLayer gives them, contents included. */
async function readBack(tar: Buffer): Promise<unknown[]> {
  const entries: unknown[] = [];
  for await (const { header, content } of readLayer(streamOf(tar))) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of content) chunks.push(chunk);
    entries.push({ ...header, text: Buffer.concat(chunks).toString('hex') });
  }
  return entries;
}

async function* streamOf(bytes: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 1000) yield bytes.subarray(at, at + 1000);
}

function asRead(entry: Entry): unknown {
  const { content, xattrs, ...rest } = { content: undefined, xattrs: undefined, ...entry };
  const text = content?.kind === 'bytes' ? Buffer.from(content.bytes).toString('hex') : '';
  const attributes =
    xattrs && Object.fromEntries(Object.entries(xattrs).map(([k, v]) => [k, new Uint8Array(v)]));
  return { mtime: 0, ...rest, ...(attributes ? { xattrs: attributes } : {}), text };
}

const name = fc.oneof(
  fc.stringMatching(/^[a-z][a-z0-9._-]{0,8}$/),
  fc.constantFrom('é', '日本', 'x'.repeat(120), ' ', 'ü'.repeat(51), '\\', 'a\nb'),
);

/** Trees whose directories exist, with files, links and devices in them. */
const trees: fc.Arbitrary<LayerEntries> = fc
  .uniqueArray(fc.array(name, { minLength: 1, maxLength: 4 }), {
    maxLength: 12,
    selector: (parts) => parts.join('/'),
  })
  .chain((paths) => {
    const all = new Set(paths.map((parts) => parts.join('/')));
    const parents = new Set<string>();
    for (const parts of paths)
      for (let n = 1; n < parts.length; n += 1) parents.add(parts.slice(0, n).join('/'));
    const common = fc.record({
      mode: fc.nat(0o7777),
      uid: fc.oneof(fc.nat(70000), fc.constant(4_000_000_000)),
      gid: fc.nat(70000),
      mtime: fc.nat(2 ** 32),
    });
    const leaf = (path: string): fc.Arbitrary<Entry> =>
      fc.oneof(
        fc
          .tuple(common, fc.uint8Array({ maxLength: 1100 }))
          .map(
            ([rest, bytes]): Entry => ({ type: 'file', path, ...rest, content: { kind: 'bytes', bytes } }),
          ),
        fc.tuple(common, fc.uint8Array({ minLength: 1, maxLength: 700 })).map(
          ([rest, note]): Entry => ({
            type: 'file',
            path,
            ...rest,
            xattrs: { 'user.note': note },
            content: { kind: 'bytes', bytes: note },
          }),
        ),
        fc
          .tuple(common, name)
          .map(([rest, linkTarget]): Entry => ({ type: 'symlink', path, ...rest, linkTarget })),
        common.map((rest): Entry => ({ type: 'fifo', path, ...rest })),
        common.map((rest): Entry => ({ type: 'char', path, ...rest, major: 1, minor: 3 })),
      );
    const directories = [...parents].map((path) =>
      common.map((rest): Entry => ({ type: 'directory', path, ...rest })),
    );
    const leaves = [...all].filter((path) => !parents.has(path)).map(leaf);
    return fc.tuple(...directories, ...leaves);
  });

test('any tree comes back from its tar', async () => {
  await fc.assert(
    fc.asyncProperty(trees, async (tree) => {
      expect(await readBack(tarOf(tree))).toEqual(good(orderEntries(tree)).map(asRead));
    }),
    { numRuns: 150 },
  );
});

test('the order of the input and the size of the chunks never count', () => {
  fc.assert(
    fc.property(
      trees.chain((tree) =>
        fc.tuple(fc.constant(tree), fc.shuffledSubarray([...tree], { minLength: tree.length })),
      ),
      fc.integer({ min: 1, max: 5000 }),
      ([tree, shuffled], chunk) => {
        expect(tarOf(shuffled, chunk).equals(tarOf(tree))).toBe(true);
      },
    ),
    { numRuns: 100 },
  );
});

test('entries are in the order of the bytes of their paths', () => {
  const names = fc.string({ unit: 'binary', minLength: 1, maxLength: 4 });
  const near = fc.constantFrom('\ud7ff', '\ue000', '\uffff', '\u{10000}', '\u{10ffff}', 'a', 'é');
  const path = fc.oneof(
    names,
    fc.array(near, { minLength: 1, maxLength: 4 }).map((all) => all.join('')),
  );
  fc.assert(
    fc.property(
      fc.uniqueArray(
        path.filter((one) => !/[/\0]|^\.\.?$/.test(one)),
        { maxLength: 20 },
      ),
      (all) => {
        const found = good(orderEntries(all.map((one) => fileAt(one)))).map((entry) =>
          Buffer.from(entry.path),
        );
        expect(found).toEqual(all.map((one) => Buffer.from(one)).sort(Buffer.compare));
      },
    ),
  );
});

test('GNU tar lists the same entries', () => {
  const file = join(makeDirectory(), 'layer.tar');
  writeFileSync(file, tarOf(sampleTree()));
  const list = execFileSync('tar', ['--numeric-owner', '--full-time', '--utc', '-tvf', file], {
    env: { ...process.env, LC_ALL: 'C.UTF-8' },
  }).toString();
  expect(list.replace(/ +/g, ' ').trim().split('\n')).toEqual([
    'lrwxrwxrwx 0/0 0 1970-01-01 00:00:00 bin -> usr/bin',
    'drwxr-xr-x 0/0 0 1970-01-01 00:00:00 usr/',
    'drwxr-xr-x 0/0 0 1970-01-01 00:00:00 usr/bin/',
    '-rwxr-xr-x 65532/65532 6 1970-01-01 00:00:00 usr/bin/hello',
    `-rw-r--r-- 0/0 0 1970-01-01 00:00:00 usr/${'ü'.repeat(60)}`,
    'hrwxr-xr-x 65532/65532 0 1970-01-01 00:00:00 usr/bin/also link to usr/bin/hello',
  ]);
});

test('a fixed tree has a fixed digest', () => {
  expect(createHash('sha256').update(tarOf(sampleTree())).digest('hex')).toBe(
    '6ceea63b0b60d4a405462d447855f4363c5c744de357cced3821c6465e0bad36',
  );
});

test('a file of more than 8 GiB says its size in a pax record', () => {
  const content = { kind: 'file', path: '/nowhere', size: 9 * 2 ** 30 } as const;
  const plan = good(planTar([{ type: 'file', path: 'big', ...OWNER, content }]));
  const [pax] = plan.parts;
  expect(pax?.kind === 'bytes' && Buffer.from(pax.bytes).includes(`size=${9 * 2 ** 30}\n`)).toBe(true);
  expect(plan.size % 512).toBe(0);
});

test('binary attributes are written byte for byte', () => {
  const value = Buffer.from([1, 0, 0, 2, 0xff, 10]);
  const tree: LayerEntries = [{ ...fileAt('ping'), xattrs: { 'security.capability': value } }];
  const record = Buffer.concat([Buffer.from(' SCHILY.xattr.security.capability='), value]);
  expect(tarOf(tree).includes(record)).toBe(true);
});

test('every violation is reported', () => {
  const tree: LayerEntries = [
    fileAt('../x'),
    fileAt('/abs'),
    fileAt('a//b'),
    fileAt(''),
    fileAt('lone\ud800'),
    fileAt('twice'),
    fileAt('twice'),
    fileAt('file'),
    fileAt('file/child'),
    { type: 'hardlink', path: 'h', ...OWNER, linkTarget: 'nothing' },
    { ...fileAt('mode'), mode: 0o170000 },
    { ...fileAt('time'), mtime: 1.5 },
  ];
  const result = planTar(tree);
  expect(codesOf(result)).toHaveLength(10);
  expect(new Set(codesOf(result))).toEqual(new Set(['LAYER_ENTRY_INVALID']));
});

test('whiteouts have the names of the specification', () => {
  expect(whiteout('etc/passwd').path).toBe('etc/.wh.passwd');
  expect(whiteout('etc').path).toBe('.wh.etc');
  expect(opaqueWhiteout('etc').path).toBe('etc/.wh..wh..opq');
});

test('a cut or altered tar is an error, never a shorter layer', async () => {
  const tar = tarOf(sampleTree());
  await expect(readBack(tar.subarray(0, 2000))).rejects.toThrow();
  const altered = Buffer.from(tar);
  altered[513 + 100]! ^= 1;
  await expect(readBack(altered)).rejects.toThrow();
  await expect(readBack(Buffer.from('no tar at all'))).rejects.toThrow();
});

test('an error of the source arrives', async () => {
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield tarOf(sampleTree()).subarray(0, 1024);
    throw new Error('the disk broke');
  }
  const read = async () => {
    for await (const item of readLayer(broken())) void item;
  };
  await expect(read()).rejects.toThrow('the disk broke');
});
