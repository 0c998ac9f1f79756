import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { ok } from '@prism-build/errors';
import { type ContentStore, openContentStore } from '@prism-build/oci';
import { makeImage, unwrap } from '../../scan/test/support/makeImage';
import { compareFiles, compareParts, comparePlatform, printComparisonMarkdown, takeContents } from '../src';
import { makeElf } from './elf';

let directory: string;
let store: ContentStore;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'prism-measure-'));
  store = unwrap(await openContentStore(join(directory, 'store')));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const md5 = (text: string) => createHash('md5').update(text).digest('hex');
const site = 'usr/lib/python3/dist-packages';

const system = {
  'etc/ssl/certs/ca.crt': 'c'.repeat(300),
  'var/lib/dpkg/status.d/libc6.md5sums': `${md5('libc')}  lib/libc.so\n`,
  'lib/libc.so': 'l'.repeat(5000),
  'app/old': 'o'.repeat(700),
};
const application = {
  [`${site}/flask-3.0.0.dist-info/RECORD`]: 'flask/app.py,,\n',
  [`${site}/flask/app.py`]: 'f'.repeat(1000),
  [`${site}/flask/__pycache__/app.cpython-311.pyc`]: 'b'.repeat(600),
  'srv/node_modules/@scope/a/node_modules/b/index.js': 'b'.repeat(200),
  'srv/node_modules/@scope/a/index.js': 'a'.repeat(100),
  'srv/node_modules/.package-lock.json': '{}',
  'app/server': makeElf({
    '.dep-v0': deflateSync(JSON.stringify({ packages: [{ name: 'tokio', version: '1.40.0' }] })),
    '.text': Buffer.alloc(900),
  }),
  'app/static/css/deep/a.css': 'x'.repeat(40),
  'app/static/css/deep/b.css': 'x'.repeat(50),
  'app/.wh.old': '',
};

async function contentsOf(...layers: Record<string, string | Uint8Array>[]) {
  const image = await makeImage(store, [{ layers }]);
  const kept = join(directory, 'kept');
  const [platform] = image.platforms;
  const contents = await takeContents({ store, imageDirs: [] }, platform!, kept, async () => ok(undefined));
  return { contents: unwrap(contents), platform: platform! };
}

test('every byte of an image belongs to a package, a program, a directory or the tar', async () => {
  const { contents, platform } = await contentsOf(system, application);
  const { parts, untold } = contents;
  expect(parts.reduce((sum, { size }) => sum + size, 0)).toBe(platform.totals.uncompressedSize);
  expect(
    parts
      .filter(({ kind }) => kind !== 'overhead')
      .map(({ kind, name, version, layer, size }) => [layer, kind, name, version, size]),
  ).toEqual([
    [0, 'deb', 'libc6', undefined, 5000],
    [1, 'python', 'flask', '3.0.0', 1600],
    [1, 'program', 'app/server', undefined, expect.any(Number)],
    [0, 'file', 'etc/ssl/certs/', undefined, 300],
    [1, 'npm', 'b', undefined, 200],
    [1, 'npm', '@scope/a', undefined, 100],
    [1, 'file', 'app/static/css/', undefined, 90],
    [0, 'file', 'var/lib/dpkg/', undefined, expect.any(Number)],
    [1, 'file', 'usr/lib/python3/', undefined, expect.any(Number)],
    [1, 'file', 'srv/node_modules/.package-lock.json', undefined, 2],
  ]);
  // What a higher layer hides still has its bytes in the tar.
  expect(parts.find(({ kind, layer }) => kind === 'overhead' && layer === 0)!.size).toBeGreaterThan(700);
  expect(untold).toMatchObject([{ path: 'app/server', names: ['tokio 1.40.0'] }]);
});

test('contents are stored by the manifest, and made again if the stored ones are altered', async () => {
  const { contents, platform } = await contentsOf({ a: 'first' });
  const kept = join(directory, 'kept alone');
  let fetched = 0;
  const take = () =>
    takeContents({ store, imageDirs: [] }, platform, kept, async () => {
      fetched += 1;
      return ok(undefined);
    });
  for (const times of [1, 1]) {
    expect(unwrap(await take())).toEqual(contents);
    expect(fetched).toBe(times);
  }
  const [file] = readdirSync(kept);
  const text = readFileSync(join(kept, file!), 'utf8');
  writeFileSync(join(kept, file!), text.replace('overhead', 'overhear'));
  expect(unwrap(await take())).toEqual(contents);
  expect(fetched).toBe(2);
});

test('a comparison names what was added, removed and grew, the largest change first', async () => {
  const before = (await contentsOf(system, application)).contents;
  const { [`${site}/flask/app.py`]: _, ...rest } = application;
  const after = (
    await contentsOf(system, {
      ...rest,
      [`${site}/flask/app.py`]: 'f'.repeat(1500),
      'app/new': 'n'.repeat(90),
    })
  ).contents;
  const packages = compareParts(before.parts, after.parts).filter(({ kind }) => kind !== 'overhead');
  expect(packages).toEqual([
    { kind: 'python', name: 'flask', before: 1600, after: 2100 },
    { kind: 'file', name: 'app/new', before: 0, after: 90 },
  ]);
  expect(compareFiles(before.files, after.files)).toEqual([
    { kind: 'path', name: `${site}/flask/app.py`, before: 1000, after: 1500 },
    { kind: 'path', name: 'app/new', before: 0, after: 90 },
  ]);
  expect(compareParts(after.parts, after.parts)).toEqual([]);
  const compared = comparePlatform('linux/amd64', { before: 8000, after: 8590 }, before, after);
  const text = printComparisonMarkdown('a|p_i', 'v1', [compared]);
  expect(text).toContain('### a\\|p\\_i: size against v1');
  expect(text).toContain('**linux/amd64**: 8 kB → 8.59 kB (+590 B, 7.4 %)');
  expect(text).toContain('| `flask` | python | 1.6 kB | 2.1 kB | +500 B |');
  expect(text).toContain(`| \`${site}/flask/app.py\` |  | 1 kB | 1.5 kB | +500 B |`);
});
