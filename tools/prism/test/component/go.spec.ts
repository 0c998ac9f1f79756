import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestOf, storedBlobs, writeGo } from '../../../../test/support/components';
import { repository } from '../../../../test/support/plugin';
import { makeWorkspace, type Workspace } from '../../../../test/support/workspace';

/** The real compiler, as pinned by the repository; its standard library is compiled once for all tests. */
const pin = readFileSync(join(repository, 'containerfiles/go-builder/pin.json'), 'utf8');
const cache = mkdtempSync(join(tmpdir(), 'prism-cache-'));
const source =
  'package main\n\nimport (\n\t"os"\n\n\t"example.com/app/code"\n)\n\nfunc main() { os.Exit(code.Three) }\n';
const library = 'package code\n\nconst Three = 3\n';
const workspaces: Workspace[] = [];

function make(): Workspace {
  const workspace = makeWorkspace();
  workspaces.push(workspace);
  workspace.write('containerfiles/go-builder/pin.json', pin);
  writeGo(workspace, 'app', source);
  workspace.write('svc/app/code/code.go', library);
  return workspace;
}
const build = (workspace: Workspace, env: NodeJS.ProcessEnv = {}) =>
  workspace.nx(['build-image', 'app'], { PRISM_CACHE_DIR: cache, ...env });

afterAll(() => {
  for (const workspace of workspaces) workspace.remove();
  // Go makes its module cache read-only; root does not mind, others would.
  rmSync(cache, { recursive: true, force: true, maxRetries: 5 });
});

test('both platforms; settings of the user, another place and time zone give the same digest', async () => {
  const one = make();
  expect(await build(one)).toMatchObject({ status: 0 });
  const machine = (platform: string) =>
    readFileSync(one.path(`dist/compile/app/linux-${platform}/app`)).readUInt16LE(18);
  expect([machine('amd64'), machine('arm64')]).toEqual([62, 183]);
  const two = make();
  const settings = {
    GOFLAGS: '-race -ldflags=-X=main.x=y',
    GOAMD64: 'v3',
    CGO_ENABLED: '1',
    GOWORK: '/nowhere',
    TZ: 'Asia/Tokyo',
    GOEXPERIMENT: 'nope',
  };
  expect(await build(two, settings)).toMatchObject({ status: 0 });
  expect(digestOf(two, 'app')).toBe(digestOf(one, 'app'));

  const before = digestOf(one, 'app');
  const blobs = storedBlobs(one);
  // In package main even a comment changes the build ID of the binary.
  one.write('svc/app/code/code.go', `${library}// A comment changes no byte of a binary.\n`);
  expect(await build(one)).toMatchObject({ status: 0 });
  expect([digestOf(one, 'app'), storedBlobs(one)]).toEqual([before, blobs]);

  one.write('svc/app/cmd/app/main.go', source.replace('code.Three', 'three'));
  const wrong = await build(one);
  expect(wrong.status).toBe(1);
  expect(wrong.output).toMatch(
    /svc\/app\/Containerfile:4: COMPILE_FAILED[\s\S]*cmd\/app\/main\.go:\d+:\d+: undefined: three/,
  );
  expect(digestOf(one, 'app')).toBe(before);
});

test('dependencies that cannot be fetched, or that no lockfile names, end the compile with the cause', async () => {
  const workspace = make();
  workspace.write(
    'svc/app/go.mod',
    'module example.com/app\n\ngo 1.21\n\nrequire example.com/never v1.0.0\n',
  );
  workspace.write('svc/app/cmd/app/main.go', source.replace('"os"', '"os"\n\t_ "example.com/never"'));
  const ran = await build(workspace, { GOPROXY: 'off' });
  expect(ran.status).toBe(1);
  expect(ran.output).toMatch(/DEPENDENCIES_NOT_FETCHED: [\s\S]*example\.com\/never@v1\.0\.0[\s\S]*to do: /);
  workspace.write('svc/app/go.mod', 'module example.com/app\n\ngo 1.21\n');
  const unlocked = await build(workspace, { GOPROXY: 'off' });
  expect(unlocked.status).toBe(1);
  expect(unlocked.output).toMatch(/COMPILE_FAILED[\s\S]*example\.com\/never/);
});

test('platforms that are asked of an image are not asked of its base', async () => {
  const workspace = make();
  workspace.write('svc/upon/Containerfile', 'FROM localhost/app\nCMD ["/app"]\n');
  const platforms = (name: string) =>
    JSON.parse(workspace.read(`dist/images/${name}/digest.json`)).platforms.length;
  for (const _ of ['built', 'from the cache']) {
    const ran = await workspace.nx(['build-image', 'upon', '--platforms=linux/amd64'], {
      PRISM_CACHE_DIR: cache,
    });
    if (ran.status !== 0) throw new Error(ran.output);
    expect([platforms('app'), platforms('upon')]).toEqual([2, 1]);
  }
});
