import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  buildImage,
  openContentStore,
  publishImage,
  putBlobs,
  putLayer,
  sweepStore,
  verifyImage,
} from '@prism-build/oci';
import { directoriesOf } from '@prism-build/workspace';
import { writeMemo } from '../../../../libs/builder/src/memo';
import { parseKeep } from '../../src/prune/keep';
import { planDisk } from '../../src/prune/planDisk';
import { parseImages, planEngine } from '../../src/prune/planEngine';
import { grace, type Memo, planStore, type StoreFacts } from '../../src/prune/planStore';
import { removeFiles } from '../../src/prune/removeFiles';

const now = 1e12;
const day = 86_400_000;
const blob = (hex: string, size: number, days: number) => ({ hex, size, usedAt: now - days * day });
const memo = (file: string, days: number, blobs: string[], own = blobs): Memo => ({
  file,
  usedAt: now - days * day,
  index: file,
  own,
  blobs,
  diffIDs: [],
});
const facts = (more: Partial<StoreFacts>): StoreFacts => ({
  now,
  blobs: [],
  memos: [],
  named: new Set(),
  ...more,
});
const plan = (
  more: Partial<StoreFacts>,
  keep = 'milliseconds' as 'bytes' | 'milliseconds',
  amount = 7 * day,
) => {
  const { blobs, memos } = planStore(
    facts(more),
    keep === 'bytes' ? { bytes: amount } : { milliseconds: amount },
  );
  return { blobs: blobs.map(({ hex }) => hex), memos: memos.map(({ file }) => file) };
};

test('by time: what an image names stays however old, the rest by its last use', () => {
  const blobs = [blob('named', 1, 99), blob('old', 1, 99), blob('new', 1, 1)];
  expect(plan({ blobs, named: new Set(['named']) })).toEqual({ blobs: ['old'], memos: [] });
});

test('a memo that was used keeps its old blobs, an old one lets them go', () => {
  const blobs = [blob('a', 1, 99), blob('b', 1, 99), blob('both', 1, 99)];
  expect(plan({ blobs, memos: [memo('m', 1, ['a', 'both']), memo('n', 50, ['b', 'both'])] })).toEqual({
    blobs: ['b'],
    memos: ['n'],
  });
});

test('a memo that finds nothing goes; layers of bases that are gone are no matter', () => {
  const blobs = [blob('a', 1, 2)];
  expect(plan({ blobs, memos: [memo('m', 2, ['a', 'gone']), memo('n', 2, ['a', 'gone'], ['a'])] })).toEqual({
    blobs: [],
    memos: ['m'],
  });
});

test('by bytes: the last used that fit stay, and what is in use stays even where it does not fit', () => {
  const blobs = [blob('named', 50, 9), blob('a', 30, 3), blob('b', 30, 4), blob('c', 10, 5)];
  const named = new Set(['named']);
  expect(plan({ blobs, named }, 'bytes', 90).blobs).toEqual(['b']);
  expect(plan({ blobs, named }, 'bytes', 10).blobs).toEqual(['a', 'b', 'c']);
});

test('nothing younger than the grace time goes', () => {
  const blobs = [
    { hex: 'young', size: 99, usedAt: now - grace + 1 },
    { hex: 'old', size: 1, usedAt: now - grace },
  ];
  const memos = [{ ...memo('m', 0, ['gone']), usedAt: now - 1 }];
  expect(plan({ blobs, memos }, 'bytes', 0)).toEqual({ blobs: ['old'], memos: [] });
});

test.each([
  ['2GB', { bytes: 2e9 }],
  ['1.5 MiB', { bytes: 1.5 * 2 ** 20 }],
  ['0', { bytes: 0 }],
  ['36h', { milliseconds: 36 * 3600e3 }],
  ['14d', { milliseconds: 14 * day }],
])('--keep=%s', (text, value) => {
  expect(parseKeep(text)).toEqual({ ok: true, value });
});
test.each(['', 'x', '1y', '-1d', 'constructor', '1constructor'])('--keep=%j is refused', (text) => {
  expect(parseKeep(text)).toMatchObject({ ok: false, failures: [{ code: 'OPTIONS_INVALID' }] });
});

const image = (id: string, name: string) => ({ id, name });
const sha = (digit: string) => `sha-${digit.repeat(12)}`;

test('images: those of ours that were replaced go, whatever else is there stays', () => {
  const found = planEngine({
    images: [
      image('1', `localhost/p/x:${sha('1')}`),
      image('1', 'localhost/p/x:latest'),
      image('2', `localhost/p/x:${sha('2')}`),
      image('3', `localhost/p/x:${sha('3')}`),
      image('4', `localhost/p/x:${sha('4')}-debug`),
      image('5', `localhost/p/gone:${sha('5')}-debug-arm64`),
      image('6', 'localhost/p/x:1.0'),
      image('7', `localhost/other/x:${sha('7')}`),
      image('8', `docker.io/p/x:${sha('8')}`),
      image('9', '<none>:<none>'),
      image('a', `localhost/p/y:${sha('a')}`),
      image('b', 'localhost/prism-builder:bbbbbbbbbbbb'),
      image('c', 'localhost/prism-builder:cccccccccccc'),
      image('3', 'localhost/prism-builder:333333333333'),
      image('d', 'localhost/prism-builder:1.0'),
    ],
    used: new Set(['3']),
    repositories: new Set(['localhost/p/x', 'localhost/p/y']),
    space: 'localhost/p/',
    current: new Set([`localhost/p/y:${sha('a')}`, 'localhost/prism-builder:cccccccccccc']),
  });
  expect(found).toEqual([
    `localhost/p/gone:${sha('5')}-debug-arm64`,
    `localhost/p/x:${sha('2')}`,
    `localhost/p/x:${sha('4')}-debug`,
    'localhost/prism-builder:bbbbbbbbbbbb',
  ]);
});

test('without a prefix only names of projects are ours', () => {
  const images = [image('1', `localhost/x:${sha('1')}`), image('2', `localhost/theirs:${sha('2')}`)];
  const asked = { used: new Set<string>(), space: undefined, current: new Set<string>() };
  expect(planEngine({ ...asked, images, repositories: new Set(['localhost/x']) })).toEqual([
    `localhost/x:${sha('1')}`,
  ]);
});

test('what an engine prints', () => {
  expect(parseImages('sha256:ab localhost/p/x:latest\ncd <none>:<none>\n\n')).toEqual([
    image('ab', 'localhost/p/x:latest'),
    image('cd', '<none>:<none>'),
  ]);
});

const places: string[] = [];
afterAll(() => {
  for (const place of places) fs.rmSync(place, { recursive: true, force: true });
});

test('fifty rebuilds: the store stays under its bound, and the last image is whole', async () => {
  const root = fs.mkdtempSync(join(tmpdir(), 'prism-prune-'));
  places.push(root);
  const directories = directoriesOf(root, {});
  const opened = await openContentStore(directories.store);
  if (!opened.ok) throw new Error('no store');
  const store = opened.value;
  const dir = join(root, 'dist/images/x');
  const outputs = {
    images: new Set(['x']),
    compiled: new Set<string>(),
    projects: new Set(['x']),
    locks: [],
  };
  const bound = 200_000;
  const stored = () => {
    const blobs = join(directories.store, 'blobs/sha256');
    return fs.readdirSync(blobs).reduce((all, name) => all + fs.statSync(join(blobs, name)).size, 0);
  };
  const age = (path: string, at: Date) => fs.utimesSync(path, at, at);
  let largest = 0;
  for (let round = 0; round < 50; round += 1) {
    const bytes = Buffer.alloc(20_000, round);
    const entries = [
      {
        type: 'file' as const,
        path: 'f',
        mode: 0o644,
        uid: 0,
        gid: 0,
        content: { kind: 'bytes' as const, bytes },
      },
    ];
    const layer = await putLayer(store, entries, { compression: 'none' });
    if (!layer.ok) throw new Error(JSON.stringify(layer.failures));
    const built = buildImage([
      {
        platform: { os: 'linux', architecture: 'amd64' },
        settings: {},
        layers: [{ ...layer.value, origin: 'own' }],
        history: [{ createdBy: 'COPY' }],
      },
    ] as never);
    if (!built.ok) throw new Error(JSON.stringify(built.failures));
    await putBlobs(store, built.value.blobs);
    writeMemo(directories, String(round).padStart(64, '0'), built.value.digestJson);
    const published = await publishImage(dir, {
      digestJson: built.value.digestJson,
      store,
      lockPath: join(root, '.prism/locks/x'),
    });
    expect(published.ok).toBe(true);
    // Each build was hours after the one before.
    const then = new Date(Date.now() - (60 - round) * 2 * grace);
    for (const place of [join(directories.store, 'blobs/sha256'), join(directories.prism, 'images')])
      for (const name of fs.readdirSync(place))
        if (Date.now() - fs.statSync(join(place, name)).mtimeMs < grace) age(join(place, name), then);
    const disk = await planDisk(directories, outputs, { bytes: bound }, Date.now());
    removeFiles(Object.values(disk.removes).flat());
    expect(stored()).toBe(disk.keptBytes);
    largest = Math.max(largest, stored());
  }
  expect(largest).toBeLessThanOrEqual(bound);
  expect(largest).toBeGreaterThan(bound / 2);
  expect(fs.readdirSync(join(directories.prism, 'images')).length).toBeLessThan(11);
  expect((await verifyImage(dir, { deep: 'hashes' })).ok).toBe(true);
  // Even with nothing to be kept, the image itself has all of its blobs in the store.
  const last = await planDisk(directories, outputs, { bytes: 0 }, Date.now());
  removeFiles(Object.values(last.removes).flat());
  expect(fs.readdirSync(join(directories.store, 'blobs/sha256')).sort()).toEqual(
    fs.readdirSync(join(dir, 'blobs/sha256')).sort(),
  );
});

test('what killed builds left goes when it is old and its process is gone; outputs of projects that are gone too', async () => {
  const root = fs.mkdtempSync(join(tmpdir(), 'prism-prune-'));
  places.push(root);
  const directories = directoriesOf(root, {});
  const old = new Date(Date.now() - 2 * grace);
  const write = (path: string, at: Date) => {
    fs.mkdirSync(join(root, path, '..'), { recursive: true });
    fs.writeFileSync(join(root, path), 'x');
    fs.utimesSync(join(root, path), at, at);
    fs.utimesSync(join(root, path, '..'), at, at);
  };
  const store = '.prism/store/blobs/sha256';
  write(`.prism/scratch/${process.pid}-aa/f`, old);
  write('.prism/scratch/999999999-bb/f', old);
  write('.prism/scratch/999999998-cc/f', new Date());
  const month = new Date(Date.now() - 31 * 24 * 3600 * 1000);
  write('.prism/scans/old.json', month);
  write('.prism/scans/new.json', old);
  write('.prism/bench/old.json', month);
  write('.prism/bench/new.json', old);
  write('.prism/scans/scratch/trivy-aa/report', old);
  write(`${store}/${'a'.repeat(64)}`, old);
  write(`${store}/${'b'.repeat(64)}`, old);
  write('svc/here/images.lock.json', old);
  fs.writeFileSync(join(root, 'svc/here/images.lock.json'), `{"digest":"sha256:${'a'.repeat(64)}"}`);
  write(`${store}/.tmp-old`, old);
  write(`${store}/.tmp-new`, new Date());
  write('.prism/work/here/source/f', old);
  write('.prism/work/gone/f', old);
  write('dist/images/here/digest.json', old);
  write('dist/images/here/debug/digest.json', old);
  write('dist/images/here/gone/digest.json', old);
  write('dist/images/gone/digest.json', old);
  write('dist/images/new/digest.json', new Date());
  write('dist/compile/gone/compile.json', old);
  write('dist/other/gone/file', old);
  for (const name of ['here', 'gone']) fs.utimesSync(join(root, '.prism/work', name), old, old);
  const outputs = {
    images: new Set(['here', 'here/debug']),
    compiled: new Set(['here']),
    projects: new Set(['here', 'library']),
    locks: ['svc/here/images.lock.json', 'svc/none/images.lock.json'],
  };
  const disk = await planDisk(directories, outputs, { milliseconds: 0 }, Date.now());
  const paths = Object.values(disk.removes)
    .flat()
    .map(({ path }) => path.slice(root.length + 1))
    .sort();
  expect(paths).toEqual([
    '.prism/bench/old.json',
    '.prism/scans/old.json',
    '.prism/scans/scratch/trivy-aa',
    '.prism/scratch/999999999-bb',
    `${store}/.tmp-old`,
    `${store}/${'b'.repeat(64)}`,
    '.prism/work/gone',
    'dist/compile/gone',
    'dist/images/gone',
    'dist/images/here/gone',
  ]);
  // Written again between the plan and the removal: it is in use.
  fs.writeFileSync(join(root, store, '.tmp-old'), 'y');
  expect(removeFiles(Object.values(disk.removes).flat()).count).toBe(9);
  expect(fs.existsSync(join(root, store, '.tmp-old'))).toBe(true);
  // The store's own broom agrees.
  expect(await sweepStore({ directory: directories.store }, Date.now() + 2 * grace, grace)).toEqual({
    ok: true,
    value: 2,
  });
});
