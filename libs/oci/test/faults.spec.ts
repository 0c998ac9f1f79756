import { execFileSync, spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { mounts, testWith } from '../../../test/support/needs';
import { openContentStore, putBlob, putLayer, verifyImage } from '../src/index';
import { codesOf, good, makeDirectory, removeDirectories, sampleTree } from './images';

jest.setTimeout(240_000);
const ROOT = join(__dirname, '..', '..', '..');
let script: string;

beforeAll(() => {
  const directory = makeDirectory();
  script = join(directory, 'publish.cjs');
  const entry = join(__dirname, 'child', 'publish.ts');
  const esbuild = join(ROOT, 'node_modules', '.bin', 'esbuild');
  execFileSync(esbuild, [entry, '--bundle', '--platform=node', '--format=cjs', `--outfile=${script}`], {
    stdio: 'pipe',
  });
  const zstd = createRequire(join(__dirname, '..', 'package.json')).resolve('@bokuweb/zstd-wasm');
  copyFileSync(join(dirname(zstd), 'zstd.wasm'), join(directory, 'zstd.wasm'));
});
afterAll(removeDirectories);

interface Run {
  readonly code: number | null;
  readonly output: string;
}

interface Place {
  readonly store: string;
  readonly dir: string;
  readonly lock: string;
}

function makePlace(): Place {
  const root = makeDirectory();
  return { store: join(root, 'store'), dir: join(root, 'image'), lock: join(root, 'lock') };
}

function start({ store, dir, lock }: Place, text: string, env: NodeJS.ProcessEnv = {}, umask = '022') {
  const args = ['-c', `umask ${umask}; exec "$0" "$@"`, process.execPath, script, store, dir, lock, text];
  return spawn('sh', args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'inherit'] });
}

interface Kill {
  /** The line of the child's output after which the clock runs. */
  readonly from: 'building' | 'publishing';
  readonly milliseconds: number;
}

/** Runs to the end, or until it is killed. */
function run(child: ReturnType<typeof start>, kill?: Kill): Promise<Run> {
  return new Promise((resolve) => {
    let output = '';
    child.stdout.on('data', (data: Buffer) => {
      const isDue = kill && !output.includes(kill.from) && data.includes(kill.from);
      if (isDue) setTimeout(() => child.kill('SIGKILL'), kill.milliseconds);
      output += data.toString();
    });
    child.on('close', (code) => resolve({ code, output }));
  });
}

test('killed anywhere, the directory is an image or says that it is none', async () => {
  const place = makePlace();
  let killed = 0;
  for (let round = 0; round < 20; round += 1) {
    const { code } = await run(start(place, `round ${round % 3}`), {
      from: round % 4 === 0 ? 'building' : 'publishing',
      milliseconds: Math.random() * 40,
    });
    if (code === null) killed += 1;
    const state = await verifyImage(place.dir, { deep: 'hashes' });
    if (!state.ok) expect(['DIGEST_JSON_MISSING', 'BLOB_MISSING']).toContain(codesOf(state)[0]);
  }
  expect(killed).toBeGreaterThan(0);
  const { code, output } = await run(start(place, 'last'));
  expect(code).toBe(0);
  const image = good(await verifyImage(place.dir, { deep: 'hashes' }));
  expect(output).toContain(image.index.digest);
  expect(readdirSync(join(place.dir, 'blobs', 'sha256'))).toHaveLength(6);
  expect(existsSync(place.lock)).toBe(false);
});

test('four publishers at once end with the image of one of them, whole', async () => {
  for (let round = 0; round < 3; round += 1) {
    const place = makePlace();
    const runs = await Promise.all(['a', 'b', 'c', 'd'].map((text) => run(start(place, text))));
    expect(runs.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
    const image = good(await verifyImage(place.dir, { deep: 'hashes' }));
    expect(runs.some(({ output }) => output.includes(image.index.digest))).toBe(true);
    expect(readdirSync(join(place.dir, 'blobs', 'sha256'))).toHaveLength(6);
  }
});

test('neither umask, time zone nor locale changes the digest, and others may read the result', async () => {
  const plain = await run(start(makePlace(), 'x'));
  const place = makePlace();
  const odd = await run(start(place, 'x', { TZ: 'Pacific/Chatham', LC_ALL: 'tr_TR.UTF-8' }, '077'));
  expect(odd).toEqual(plain);
  const blobs = join(place.dir, 'blobs', 'sha256');
  for (const name of readdirSync(blobs)) expect(statSync(join(blobs, name)).mode & 0o777).toBe(0o444);
  expect(statSync(join(place.dir, 'digest.json')).mode & 0o777).toBe(0o644);
});

testWith([mounts()], 'a full disk is a failure with a remedy, and leaves nothing half-made', async () => {
  const mount = makeDirectory();
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', mount], { stdio: 'pipe' });
  try {
    const store = good(await openContentStore(mount));
    const blob = await putBlob(store, 'a/b', Buffer.alloc(1 << 20, 'x'));
    expect(codesOf(blob)).toEqual(['DISK_FULL']);
    const tree = sampleTree(Array.from({ length: 90_000 }, (_, n) => n).join(' '));
    expect(codesOf(await putLayer(store, tree, { compression: 'none' }))).toEqual(['DISK_FULL']);
    expect(readdirSync(join(mount, 'blobs', 'sha256'))).toEqual([]);
    good(await putBlob(store, 'a/b', Buffer.from('small')));
  } finally {
    execFileSync('umount', [mount]);
  }
});

test('a place where nothing may be written is named', async () => {
  const root = makeDirectory();
  mkdirSync(join(root, 'store'));
  const store = good(await openContentStore(join(root, 'store')));
  rmSync(join(root, 'store'), { recursive: true });
  const result = await putBlob(store, 'a/b', Buffer.from('x'));
  expect(codesOf(result)).toEqual(['FILE_FAILED']);
  expect(result.ok ? '' : result.failures[0]!.what).toContain(root);
});
