import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openContentStore } from '@prism-build/oci';
import { run } from '@prism-build/shell';
import { encodeLock, lockRootfs, parseRootfs, readLock, unpackRootfs } from '../src/index';
import { codesOf, unwrap } from './support';

// apt's own resolver and the machine's own sources; its state is ours alone.
jest.setTimeout(300_000);
const directory = fs.mkdtempSync(join(tmpdir(), 'prism-lock-'));
afterAll(() => fs.rmSync(directory, { recursive: true }));

async function lock(description: object) {
  const rootfs = unwrap(parseRootfs(JSON.stringify({ suite: 'bookworm', ...description }), 'rootfs.json'));
  const store = unwrap(await openContentStore(join(directory, 'store')));
  const locking = { rootfs, directory: join(directory, 'apt'), store, env: process.env, run };
  return { rootfs, store, locked: await lockRootfs(locking) };
}

test('both architectures are resolved, with dependencies, without what counts as present, and unpacked', async () => {
  const before = fs.readFileSync('/var/lib/dpkg/status', 'utf8');
  const listed = () => execFileSync('ls', ['-l', '/var/lib/apt/lists'], { encoding: 'utf8' });
  const lists = listed();
  const packages = ['ca-certificates', { name: 'zlib1g:arm64', architectures: ['amd64'] }];
  const { rootfs, store, locked } = await lock({ packages, without: ['debconf'] });
  const { architectures } = unwrap(locked);
  const names = (architecture: string) =>
    architectures[architecture]!.packages.map((one) => `${one.name}:${one.architecture}`);
  expect(names('arm64').sort()).toEqual([
    'ca-certificates:all',
    'gcc-12-base:arm64',
    'libc6:arm64',
    'libgcc-s1:arm64',
    'libssl3:arm64',
    'openssl:arm64',
  ]);
  expect(names('amd64')).toEqual(
    expect.arrayContaining(['libc6:amd64', 'libc6:arm64', 'zlib1g:arm64', 'openssl:amd64']),
  );
  const text = encodeLock(unwrap(locked));
  expect(text).not.toMatch(/https?:/);
  expect(encodeLock(unwrap(readLock(text, 'lock')))).toBe(text);
  fs.mkdirSync(join(directory, 'unpacked'));
  const tree = unwrap(
    await unpackRootfs({
      rootfs,
      lock: unwrap(locked),
      architecture: 'arm64',
      store,
      directory: join(directory, 'unpacked'),
      env: process.env,
      run,
    }),
  );
  expect(tree.get('usr/bin/openssl')?.mode).toBe(0o755);
  expect(tree.get('etc/ssl/certs/ca-certificates.crt')?.type).toBe('file');
  expect([fs.readFileSync('/var/lib/dpkg/status', 'utf8'), listed()]).toEqual([before, lists]);
});

test("what apt cannot resolve is a failure in apt's words", async () => {
  const { locked } = await lock({ packages: ['no-such-package-anywhere'], architectures: ['amd64'] });
  expect(codesOf(locked)).toEqual(['PACKAGES_UNRESOLVED']);
  expect(locked).toMatchObject({ failures: [{ why: expect.stringContaining('no-such-package-anywhere') }] });
});

test('mirrors that are named are asked, and no others', async () => {
  const rootfs = unwrap(parseRootfs('{"suite":"bookworm","packages":["zlib1g"]}', 'rootfs.json'));
  const store = unwrap(await openContentStore(join(directory, 'store')));
  const env = { PRISM_DEBIAN_MIRRORS: 'http://127.0.0.1:1/debian' };
  const locked = await lockRootfs({ rootfs, directory: join(directory, 'named'), store, env, run });
  expect(codesOf(locked)).toEqual(['PACKAGES_UNRESOLVED']);
  expect(locked).toMatchObject({ failures: [{ why: expect.stringContaining('127.0.0.1:1') }] });
});
