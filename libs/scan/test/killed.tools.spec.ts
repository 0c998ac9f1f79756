import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openContentStore } from '@prism-build/oci';
import { buildSync } from 'esbuild';
import fc from 'fast-check';
import { treeSeed } from '../../../test/support/treeSeed';
import { installTrivy, unpackAdvisories } from '../../../test/support/trivy';
import { makeImage, unwrap } from './support/makeImage';
import { go, python } from './support/packages';

const seed = treeSeed();
const root = mkdtempSync(join(tmpdir(), 'prism-killed-'));
const program = join(root, 'scan.cjs');
let trivy: string;
let expected: string;
/** Milliseconds of an undisturbed scan. */
let duration: number;

beforeAll(async () => {
  trivy = installTrivy();
  unpackAdvisories(join(root, 'database'));
  const store = unwrap(await openContentStore(join(root, 'store')));
  const secret = { 'app/.env': `token=ghp_${'a1B2'.repeat(9)}\n` };
  const image = await makeImage(store, [
    { layers: [python('urllib3', '1.26.4'), secret] },
    { architecture: 'arm64', layers: [go('golang.org/x/net', 'v0.7.0'), secret] },
  ]);
  writeFileSync(join(root, 'image.json'), JSON.stringify(image));
  const entry = join(__dirname, 'child', 'scan.ts');
  // This package reads its own files.
  const [external, supported] = [['@bokuweb/zstd-wasm'], { 'dynamic-import': false }];
  buildSync({ entryPoints: [entry], outfile: program, bundle: true, platform: 'node', external, supported });
  const start = Date.now();
  expected = await startScan('calm').result();
  duration = Date.now() - start;
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A scan in a process group of its own. */
function startScan(results: string) {
  const argv = [program, root, join(root, results), trivy];
  const env = { ...process.env, NODE_PATH: join(__dirname, '..', '..', '..', 'node_modules') };
  const child = spawn(process.execPath, argv, { detached: true, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let [output, errors] = ['', ''];
  child.stdout.on('data', (data: Buffer) => {
    output += data;
  });
  child.stderr.on('data', (data: Buffer) => {
    errors += data;
  });
  const closed = once(child, 'close');
  return {
    result: async () => {
      await closed;
      expect(errors).toBe('');
      return output;
    },
    kill: async () => {
      try {
        process.kill(-child.pid!, 'SIGKILL');
      } catch {
        // It has ended.
      }
      await closed;
    },
  };
}

/** What a scan may leave: temporary directories, and files that were not renamed. */
const left = (results: string): string[] =>
  ['scratch', 'kept']
    .map((name) => join(root, results, name))
    .filter(existsSync)
    .flatMap((directory) =>
      readdirSync(directory)
        .filter((name) => directory.endsWith('scratch') || name.startsWith('.tmp-'))
        .map((name) => join(directory, name)),
    );

test('an undisturbed scan finds what was planted, and leaves nothing', () => {
  for (const one of ['CVE-2021-33503', 'CVE-2023-39325', 'github-pat']) expect(expected).toContain(one);
  expect(left('calm')).toEqual([]);
});

test(`after scans that were killed at any moment, the next one has the same result (seed ${seed})`, async () => {
  const moments = fc.sample(fc.double({ min: 0, max: 1, noNaN: true }), { seed, numRuns: 6 });
  for (const moment of moments) {
    const scan = startScan('killed');
    await new Promise((resolve) => setTimeout(resolve, moment * duration));
    await scan.kill();
  }
  // Young ones may belong to a scan that is running; old ones are removed.
  const hoursAgo = new Date(Date.now() - 7_200_000);
  for (const path of left('killed')) utimesSync(path, hoursAgo, hoursAgo);
  expect(await startScan('killed').result()).toBe(expected);
  expect(left('killed')).toEqual([]);
}, 120_000);

test('two scans at once have the same result as one', async () => {
  const scans = [startScan('both'), startScan('both')];
  expect(await Promise.all(scans.map((scan) => scan.result()))).toEqual([expected, expected]);
  expect(left('both')).toEqual([]);
}, 120_000);
