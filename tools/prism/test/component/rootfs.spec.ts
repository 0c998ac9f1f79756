import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { digestOf as digestOfBytes } from '@prism-build/oci';
import { encodeLock, parseRootfs, type RootfsLock, requestDigest } from '@prism-build/rootfs';
import { type Mirror, readFixture, startMirror, unwrap } from '../../../../libs/rootfs/test/support';
import { digestOf, storedBlobs } from '../../../../test/support/components';
import { makeWorkspace, type Workspace } from '../../../../test/support/workspace';

const bytes = readFixture('xz');
const path = 'pool/main/h/hello/hello_1.0-1_all.deb';
const description = {
  suite: 'bookworm',
  packages: ['hello'],
  exclude: ['usr/share/doc'],
  links: { 'usr/bin/x': 'hello' },
};
const hello = {
  name: 'hello',
  architecture: 'all',
  version: '1.0-1',
  path,
  size: bytes.length,
  digest: digestOfBytes(bytes),
};

function lockOf(text: string): string {
  const request = requestDigest(unwrap(parseRootfs(text, 'rootfs.json')));
  const architecture = { packages: [hello], archives: [] };
  const lock: RootfsLock = {
    schemaVersion: 1,
    request,
    architectures: { amd64: architecture, arm64: architecture },
  };
  return encodeLock(lock);
}

const workspaces: Workspace[] = [];
let mirror: Mirror;
let isDown = false;
beforeAll(async () => {
  mirror = await startMirror((asked) => (isDown || asked !== `/debian/${path}` ? 404 : bytes));
});
afterAll(async () => {
  await mirror.close();
  for (const workspace of workspaces) workspace.remove();
});

function make(more: object = {}): Workspace {
  const workspace = makeWorkspace();
  workspaces.push(workspace);
  write(workspace, more);
  return workspace;
}
function write(workspace: Workspace, more: object): void {
  const text = JSON.stringify({ ...description, ...more });
  workspace.write('containerfiles/hello/rootfs.json', text);
  workspace.write('containerfiles/hello/rootfs.lock.json', lockOf(text));
  workspace.write('containerfiles/hello/Containerfile', 'FROM scratch\nCOPY --from=rootfs / /\nUSER 65532\n');
}
const nx = (workspace: Workspace, ...args: string[]) =>
  workspace.nx(args, { PRISM_DEBIAN_MIRRORS: mirror.url });
const build = (workspace: Workspace, ...args: string[]) =>
  nx(workspace, 'build-image', 'base-hello', ...args);

test('a base of packages: equal in another workspace and under another umask, kept while nothing changes', async () => {
  const one = make();
  // What a run that was killed left behind, and what one that runs beside us is using.
  one.write('.prism/work/base-hello/rootfs/999999-left/0', 'large');
  one.write(`.prism/work/base-hello/rootfs/${process.pid}-used/0`, 'large');
  expect(await build(one)).toMatchObject({ status: 0 });
  const umask = process.umask(0o077);
  const two = make();
  const second = await build(two);
  process.umask(umask);
  expect(second).toMatchObject({ status: 0 });
  expect(digestOf(two, 'base-hello')).toBe(digestOf(one, 'base-hello'));

  // Nx's cache first, then our own memo: neither unpacks, and nothing is left of unpacking.
  expect((await build(one)).output).toContain('local cache');
  const blobs = storedBlobs(one);
  expect(await build(one, '--skip-nx-cache')).toMatchObject({ status: 0 });
  expect(storedBlobs(one)).toEqual(blobs);
  expect(readdirSync(one.path('.prism/work/base-hello/rootfs'))).toEqual([`${process.pid}-used`]);

  const before = digestOf(one, 'base-hello');
  write(one, { exclude: [] });
  expect(await build(one)).toMatchObject({ status: 0 });
  expect(digestOf(one, 'base-hello')).not.toBe(before);

  // The image can be deleted and made again with no mirror at all.
  isDown = true;
  one.write('containerfiles/hello/Containerfile', 'FROM scratch\nCOPY --from=rootfs /usr/bin/hello /hello\n');
  expect(await build(one)).toMatchObject({ status: 0 });
  isDown = false;
});

test('what is too big for the cache of Nx is left out of it', async () => {
  const workspace = make({ cache: false });
  expect(await build(workspace)).toMatchObject({ status: 0 });
  const again = await build(workspace);
  expect(again.status).toBe(0);
  expect(again.output).not.toContain('local cache');
  const project = JSON.parse((await nx(workspace, 'show', 'project', 'base-hello', '--json')).output);
  expect(project.targets['build-image'].cache).toBe(false);
});

test('description and lock are in the key, before anything of the image is', async () => {
  const project = JSON.parse((await nx(make(), 'show', 'project', 'base-hello', '--json')).output);
  const { inputs } = project.targets['build-image'];
  expect(inputs).toContain('prismDefinition');
  expect(project.namedInputs.prismDefinition).toEqual(
    expect.arrayContaining(['{projectRoot}/rootfs.json', '{projectRoot}/rootfs.lock.json']),
  );
});

test('the rootfs is written as directories, modes and links as in the package', async () => {
  const workspace = make();
  const umask = process.umask(0o077);
  expect(await nx(workspace, 'rootfs', 'base-hello')).toMatchObject({ status: 0 });
  process.umask(umask);
  for (const platform of ['linux-amd64', 'linux-arm64']) {
    const at = (name: string) => workspace.path(`dist/rootfs/base-hello/${platform}/${name}`);
    expect(statSync(at('usr/bin/setuid')).mode & 0o7777).toBe(0o4755);
    expect(statSync(at('usr')).mode & 0o7777).toBe(0o755);
    expect(statSync(at('usr/bin/hallo')).ino).toBe(statSync(at('usr/bin/hello')).ino);
    expect(readFileSync(at('bin/x'), 'utf8')).toContain('echo hello');
    expect(existsSync(at('usr/share/doc'))).toBe(false);
  }
});

test('faults: a lock that is stale, missing or broken, a package that is gone, a context that nobody described', async () => {
  const workspace = make();
  isDown = true;
  expect(await build(workspace)).toMatchObject({ status: 1 });
  const gone = (await build(workspace)).output;
  isDown = false;
  expect(gone).toContain('PACKAGE_GONE: hello 1.0-1 (all) is no longer available');
  expect(gone).toContain('nx g prism:lock --project=base-hello');
  expect(gone).toContain('PRISM_DEBIAN_SNAPSHOTS');

  workspace.write(
    'containerfiles/hello/rootfs.json',
    JSON.stringify({ ...description, packages: ['hello', 'more'] }),
  );
  expect((await build(workspace)).output).toContain('ROOTFS_LOCK_STALE');
  workspace.write('containerfiles/hello/rootfs.lock.json', '{}');
  expect((await build(workspace)).output).toContain('ROOTFS_LOCK_INVALID');
  workspace.write('containerfiles/hello/rootfs.json', '{');
  expect((await build(workspace)).output).toContain('ROOTFS_INVALID');

  workspace.write('svc/plain/Containerfile', 'FROM scratch\nCOPY --from=rootfs / /\n');
  expect((await nx(workspace, 'build-image', 'plain')).output).toContain('IMAGE_NOT_LOCKED');
});

test('the generator says what it finds: nothing to lock, no such project', async () => {
  const workspace = makeWorkspace();
  workspaces.push(workspace);
  workspace.write('svc/plain/Containerfile', 'FROM scratch\nCOPY hello /hello\n');
  expect((await nx(workspace, 'g', 'prism:lock')).output).toContain('There is nothing to lock.');
  expect(await nx(workspace, 'g', 'prism:lock', '--project=other')).toMatchObject({ status: 1 });
});
