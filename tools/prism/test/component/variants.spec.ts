import * as fs from 'node:fs';
import { digestOf } from '../../../../test/support/components';
import { makeWorkspace, type Ran, type Workspace } from '../../../../test/support/workspace';

let workspace: Workspace;

async function done(running: Promise<Ran>): Promise<string> {
  const { status, output } = await running;
  if (status !== 0) throw new Error(output);
  return output;
}
const blobsOf = (name: string) => fs.readdirSync(workspace.path(`dist/images/${name}/blobs/sha256`)).sort();
const all = (...more: string[]) =>
  workspace.nx(['run-many', '-t', 'build-image', 'build-image-debug', '--output-style=stream', ...more]);
/** Tasks that were not taken from the cache. */
const ran = () =>
  (JSON.parse(workspace.read('.nx/cache/run.json')).tasks as { taskId: string; cacheStatus: string }[])
    .filter(({ cacheStatus }) => cacheStatus === 'cache-miss')
    .map(({ taskId }) => taskId)
    .sort();

beforeEach(() => {
  workspace = makeWorkspace();
  workspace.write(
    'svc/a/Containerfile',
    'FROM scratch AS common\nCOPY common /common\n' +
      'FROM common AS debug\nCOPY tools /tools\nENV DEBUG=1\n' +
      'FROM common\nCOPY main /main\nENTRYPOINT ["/main"]\n',
  );
  for (const name of ['common', 'tools', 'main']) workspace.write(`svc/a/${name}`, name);
});
afterEach(() => workspace.remove());

test('images of one file stand side by side, and each has its own key', async () => {
  await done(all());
  const digests = () => [digestOf(workspace, 'a'), digestOf(workspace, 'a/debug')];
  const [main, debug] = digests();
  expect(main).not.toBe(debug);
  const before = blobsOf('a/debug');

  workspace.write('svc/a/main', 'edited');
  await done(all());
  expect(ran()).toEqual(['a:build-image']);
  expect(blobsOf('a/debug')).toEqual(before);
  expect(digests()).toEqual([expect.not.stringContaining(main!), debug]);

  workspace.write('svc/a/tools', 'edited');
  await done(all());
  expect(ran()).toEqual(['a:build-image-debug']);
  const [newMain, newDebug] = digests();
  expect(newDebug).not.toBe(debug);
  expect(blobsOf('a').length).toBeGreaterThan(0);

  workspace.write('svc/a/common', 'edited');
  await done(all());
  expect(ran()).toEqual(['a:build-image', 'a:build-image-debug']);
  expect(digests()).not.toContain(newMain);
});

test('restoring or rebuilding one leaves the other', async () => {
  await done(all());
  const debug = blobsOf('a/debug');
  fs.rmSync(workspace.path('dist/images/a/blobs'), { recursive: true });
  await done(workspace.nx(['build-image', 'a']));
  expect(blobsOf('a/debug')).toEqual(debug);
  await done(workspace.nx(['build-image', 'a', '--skip-nx-cache']));
  expect(blobsOf('a/debug')).toEqual(debug);
  fs.rmSync(workspace.path('dist/images/a/debug'), { recursive: true });
  await done(workspace.nx(['build-image-debug', 'a', '--skip-nx-cache']));
  expect(blobsOf('a/debug')).toEqual(debug);
  expect(workspace.read('dist/images/a/digest.json')).toContain('"schemaVersion"');
});

test('an altered variant is built again for its consumer, and its neighbour is left alone', async () => {
  await done(all());
  const neighbour = workspace.read('dist/images/a/digest.json');
  const layer = blobsOf('a/debug')[0]!;
  const path = `dist/images/a/debug/blobs/sha256/${layer}`;
  fs.chmodSync(workspace.path(path), 0o644);
  // In every place where it lies: these are hard links.
  fs.writeFileSync(workspace.path(path), 'altered');
  await done(workspace.nx(['materialize-debug', 'a', '--output-style=stream']));
  const layout = JSON.parse(workspace.read('dist/layouts/a+debug/index.json'));
  expect(layout.manifests[0].digest).toBe(digestOf(workspace, 'a/debug'));
  expect(workspace.read('dist/images/a/digest.json')).toBe(neighbour);
  // The entry of Nx's cache is whole too: restored, it is right.
  fs.rmSync(workspace.path('dist'), { recursive: true });
  await done(all());
  expect(ran()).toEqual([]);
  expect(fs.readFileSync(workspace.path(path), 'utf8')).not.toBe('altered');
  await done(workspace.nx(['materialize-debug', 'a']));
});

test('a default image that was altered is replaced in the cache, variants beside it or not', async () => {
  await done(all());
  const path = `dist/images/a/blobs/sha256/${blobsOf('a')[0]}`;
  fs.chmodSync(workspace.path(path), 0o644);
  fs.writeFileSync(workspace.path(path), 'altered');
  // The entry of the cache is altered in the same way, as on a bad disk.
  for (const entry of fs.readdirSync(workspace.path('.nx/cache'))) {
    const cached = workspace.path(`.nx/cache/${entry}/${path}`);
    if (fs.existsSync(cached)) fs.writeFileSync(cached, 'altered');
  }
  await done(workspace.nx(['materialize', 'a']));
  fs.rmSync(workspace.path('dist'), { recursive: true });
  await done(all());
  expect(ran()).toEqual([]);
  expect(fs.readFileSync(workspace.path(path), 'utf8')).not.toBe('altered');
  const entries = fs.readdirSync(workspace.path('.nx/cache')).map((one) => `.nx/cache/${one}/dist/images/a`);
  const both = entries.filter((one) =>
    ['digest.json', 'debug'].every((name) => fs.existsSync(workspace.path(`${one}/${name}`))),
  );
  expect(both).toEqual([]);
});

test('a variant may start from the default image of its own project, and from others', async () => {
  workspace.write('svc/tools/Containerfile', 'FROM scratch\nCOPY t /t\n');
  workspace.write('svc/tools/t', 't');
  workspace.write(
    'svc/a/Containerfile',
    'FROM localhost/a AS debug\nCOPY --from=localhost/tools /t /t\nFROM scratch\nCOPY main /main\n',
  );
  await done(workspace.nx(['build-image-debug', 'a']));
  const layers = (name: string) =>
    JSON.parse(workspace.read(`dist/images/${name}/digest.json`)).platforms[0].layers as { digest: string }[];
  expect(layers('a/debug')[0]!.digest).toBe(layers('a')[0]!.digest);
  // What the default image is not made of does not build it.
  fs.rmSync(workspace.path('dist'), { recursive: true });
  await done(workspace.nx(['build-image', 'a']));
  expect(fs.existsSync(workspace.path('dist/images/tools'))).toBe(false);
});

test('declared in project.json: a stage of any name, options of its own, and none where it says so', async () => {
  const project = (targets: unknown) =>
    workspace.write('svc/a/project.json', JSON.stringify({ name: 'a', targets }));
  const targets = async () =>
    Object.keys(JSON.parse(await done(workspace.nx(['show', 'project', 'a', '--json']))).targets);
  project({ 'build-image-slim': { options: { stage: 'common', platforms: ['linux/amd64'] } } });
  expect(await targets()).toEqual(
    expect.arrayContaining(['build-image-debug', 'build-image-slim', 'load-image-slim']),
  );
  await done(workspace.nx(['build-image-slim', 'a']));
  expect(JSON.parse(workspace.read('dist/images/a/slim/digest.json')).platforms).toHaveLength(1);
  await done(workspace.nx(['build-image', 'a']));
  expect(fs.existsSync(workspace.path('dist/images/a/slim/digest.json'))).toBe(true);
  project({ 'build-image': { options: { variants: false } } });
  expect((await targets()).filter((name) => name.startsWith('build-image'))).toEqual(['build-image']);
  project({ 'build-image': { options: { variants: { full: 'nowhere' } } } });
  const { status, output } = await workspace.nx(['build-image-full', 'a', '--output-style=stream']);
  expect(status).toBe(1);
  expect(output).toContain('There is no stage "nowhere"');
});
