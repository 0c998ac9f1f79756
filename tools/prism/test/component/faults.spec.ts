import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { verifyImage } from '@prism-build/oci';
import { digestOf, goStage, writePin } from '../../../../test/support/components';
import { type FakeGo, makeFakeGo } from '../../../../test/support/fakeGo';
import { mounts, testWith } from '../../../../test/support/needs';
import { treeSeed } from '../../../../test/support/treeSeed';
import { makeWorkspace, type Ran, until, type Workspace } from '../../../../test/support/workspace';

let workspace: Workspace;
let go: FakeGo;
let digest: string;
const env = (more: NodeJS.ProcessEnv = {}) => ({ PATH: `${go.bin}:${process.env.PATH}`, ...more });
const nx = (...args: string[]): Promise<Ran> => workspace.nx(args, env());
const image = () => workspace.path('dist/images/app');
const remove = (name: string) => fs.rmSync(workspace.path(name), { recursive: true, force: true });

async function expectRight(): Promise<void> {
  const verified = await verifyImage(image(), { deep: 'hashes' });
  expect(verified).toMatchObject({ ok: true, value: { index: { digest } } });
}

/** The layer blobs of the image below a directory: the biggest files there. */
function layersBelow(directory: string): string[] {
  const names = JSON.parse(workspace.read('dist/images/app/digest.json')).platforms.flatMap(
    ({ layers }: { layers: { digest: string }[] }) => layers.map((layer) => layer.digest.slice(7)),
  );
  const files = fs.readdirSync(directory, { recursive: true, encoding: 'utf8' });
  return files
    .filter((file) => names.some((name: string) => file.endsWith(`blobs/sha256/${name}`)))
    .map((file) => join(directory, file));
}

const inPlace = (path: string, change: (path: string) => void) => {
  fs.chmodSync(path, 0o644);
  change(path);
};
const truncate = (path: string) => inPlace(path, (file) => fs.truncateSync(file, 5));
const flip = (path: string) =>
  inPlace(path, (file) => {
    const bytes = fs.readFileSync(file);
    bytes[bytes.length - 1]! ^= 1;
    fs.writeFileSync(file, bytes);
  });
const cached = () => workspace.path('.nx/cache');

beforeAll(async () => {
  workspace = makeWorkspace();
  go = makeFakeGo(workspace.path('.nx/go'));
  writePin(workspace, go.version);
  const stage = goStage('app').replace('COPY . .', 'COPY cmd cmd');
  workspace.write(
    'svc/app/Containerfile',
    `${stage}FROM scratch\nCOPY conf /conf\nCOPY --from=compile /out/app /app\n`,
  );
  workspace.write('svc/app/conf', 'conf');
  workspace.write('svc/app/cmd/app/main.go', 'package main\n');
  const first = await nx('build-image', 'app');
  if (first.status !== 0) throw new Error(first.output);
  digest = digestOf(workspace, 'app');
});
afterAll(() => {
  workspace.remove();
});

const damages: Record<string, () => void> = {
  'a truncated blob in dist (and, by its hard link, in the store)': () =>
    layersBelow(image()).forEach(truncate),
  'an altered blob in dist': () => layersBelow(image()).forEach(flip),
  'an altered blob in the store, replaced': () => {
    for (const path of layersBelow(workspace.path('.prism/store'))) {
      const bytes = fs.readFileSync(path);
      fs.rmSync(path);
      fs.writeFileSync(path, bytes.fill(0));
    }
  },
  'no digest.json': () => remove('dist/images/app/digest.json'),
  'half a digest.json': () => fs.truncateSync(workspace.path('dist/images/app/digest.json'), 100),
  'a directory in place of a blob': () => {
    for (const path of layersBelow(image())) {
      fs.rmSync(path);
      fs.mkdirSync(path);
    }
  },
};

test.each(Object.entries(damages))('%s: a consumer repairs it', async (_, damage) => {
  damage();
  const ran = await nx('materialize', 'app');
  expect(ran).toMatchObject({ status: 0, output: expect.stringContaining(digest) });
  await expectRight();
  const layout = workspace.path('dist/layouts/app/blobs/sha256');
  const sums = execFileSync('sha256sum', fs.readdirSync(layout), { cwd: layout, encoding: 'utf8' });
  for (const line of sums.trim().split('\n')) expect(line.slice(0, 64)).toBe(line.slice(66));
});

test("an altered entry of Nx's cache: the consumer rebuilds, and the next restore is right by itself", async () => {
  const altered = layersBelow(cached());
  expect(altered.length).toBeGreaterThan(0);
  altered.forEach(flip);
  remove('dist');
  const ran = await nx('materialize', 'app');
  expect(ran.status).toBe(0);
  expect(ran.output).toContain('building it again');
  await expectRight();
  remove('dist');
  const restored = await nx('build-image', 'app');
  expect(restored.output).toContain('local cache');
  await expectRight();
});

test("an altered binary in Nx's cache: build-image compiles again, and the next restore is right", async () => {
  const binaries = () =>
    fs
      .readdirSync(cached(), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('dist/compile/app/linux-amd64/app'))
      .map((file) => join(cached(), file));
  expect(binaries().length).toBeGreaterThan(0);
  const right = fs.readFileSync(binaries()[0]!);
  binaries().forEach(flip);
  remove('dist');
  workspace.write('svc/app/conf', 'other');
  const ran = await nx('build-image', 'app');
  expect(ran.status).toBe(0);
  expect(ran.output).toMatch(/COMPILE_OUTPUT_CORRUPT|building it again/);
  for (const binary of binaries()) expect(fs.readFileSync(binary).equals(right)).toBe(true);
  workspace.write('svc/app/conf', 'conf');
  expect((await nx('build-image', 'app')).status).toBe(0);
  await expectRight();
});

test('the memo of a store that was altered is not believed', async () => {
  layersBelow(workspace.path('.prism/store')).forEach(flip);
  fs.writeFileSync(workspace.path('.prism/work/app/compiled.json'), '{"half');
  remove('dist');
  remove('.nx/cache');
  expect(await nx('build-image', 'app')).toMatchObject({ status: 0 });
  await expectRight();
});

test('a file in place of a directory of compiled files is replaced', async () => {
  remove('dist');
  remove('.nx/cache');
  workspace.write('dist/compile/app/linux-amd64', 'a file');
  const ran = await nx('build-image', 'app');
  expect(ran.output).not.toMatch(/^\s+at .*\.js/m);
  expect(ran.status).toBe(0);
  await expectRight();
});

testWith([mounts()], 'a full disk: one message, nothing half-made, and the next run is right', async () => {
  remove('dist');
  remove('.nx/cache');
  fs.mkdirSync(workspace.path('small'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'none', workspace.path('small')]);
  try {
    fs.writeFileSync(workspace.path('small/filler'), Buffer.alloc(48 * 1024));
    const ran = await workspace.nx(['build-image', 'app'], env({ PRISM_DIR: 'small' }));
    expect(ran.status).toBe(1);
    expect(ran.output).toMatch(/DISK_FULL: /);
    expect(ran.output).not.toMatch(/^\s+at .*\.js/m);
    expect(fs.existsSync(join(image(), 'digest.json'))).toBe(false);
  } finally {
    execFileSync('umount', ['-l', workspace.path('small')]);
  }
  expect((await nx('build-image', 'app')).status).toBe(0);
  await expectRight();
});

test('killed at ten random moments, the next run is right', async () => {
  const seed = treeSeed() % 100_000;
  console.info(`kills: seed ${seed}`);
  workspace.write('svc/app/conf', Buffer.alloc(6_000_000, 'incompressible'.repeat(seed)));
  for (let round = 0; round < 10; round++) {
    workspace.write('svc/app/cmd/app/main.go', `package main // ${round}\n`);
    const before = go.calls().length;
    const running = workspace.start(['build-image', 'app'], env());
    await until('compiling', () => go.calls().length > before || running.child.exitCode !== null);
    await new Promise((resolve) => setTimeout(resolve, (seed * (round + 1) * 7919) % 250));
    running.killAll('SIGKILL');
    await running.ended;
    const left = await verifyImage(image(), { deep: 'hashes' });
    // What a kill left is an image of this or an earlier run, or it fails to verify; never something between.
    if (left.ok) expect(left.value.platforms).toHaveLength(2);
  }
  workspace.write('svc/app/conf', 'conf');
  workspace.write('svc/app/cmd/app/main.go', 'package main\n');
  expect((await nx('build-image', 'app')).status).toBe(0);
  await expectRight();
});

test('two builds of one project at once end with one consistent result', async () => {
  workspace.write('svc/app/cmd/app/main.go', 'package main // both\n');
  const runs = await Promise.all(
    ['one', 'two'].map((name) =>
      workspace.nx(
        ['build-image', 'app'],
        env({
          NX_CACHE_DIRECTORY: workspace.path(`.nx/${name}/cache`),
          NX_WORKSPACE_DATA_DIRECTORY: workspace.path(`.nx/${name}/data`),
        }),
      ),
    ),
  );
  if (runs.some(({ status }) => status !== 0)) throw new Error(runs.map(({ output }) => output).join('\n'));
  digest = digestOf(workspace, 'app');
  for (const { output } of runs) expect(output).toContain(digest);
  await expectRight();
});
