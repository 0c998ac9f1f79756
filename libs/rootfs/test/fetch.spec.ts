import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ContentStore, digestOf, openContentStore } from '@prism-build/oci';
import type { Run } from '@prism-build/shell';
import { modulePath } from '../src/fetch/modules';
import { addressesOf, parseTargets } from '../src/fetch/sources';
import { parseRootfs, type RootfsLock, requestDigest, unpackRootfs } from '../src/index';
import { codesOf, type Mirror, readFixture, startMirror, unwrap } from './support';

const bytes = readFixture('xz');
const path = 'pool/main/h/hello/hello_1.0+b1-1~x_all.deb';
const rootfs = unwrap(parseRootfs('{"suite":"bookworm","packages":["hello"]}', 'rootfs.json'));
const hello = {
  name: 'hello',
  architecture: 'all',
  version: '1.0-1',
  path,
  size: bytes.length,
  digest: digestOf(bytes),
};
const lock: RootfsLock = {
  schemaVersion: 1,
  request: requestDigest(rootfs),
  architectures: { amd64: { packages: [hello], archives: [] } },
};
/** A machine without apt and go. */
const run: Run = async ({ argv }) => ({
  ok: false,
  failures: [{ code: 'COMMAND_NOT_FOUND', what: `cannot find the command ${argv[0]}`, remedy: '' }],
});

let directory: string;
let store: ContentStore;
const mirrors: Mirror[] = [];
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'prism-rootfs-'));
  store = unwrap(await openContentStore(join(directory, 'store')));
});
afterEach(async () => {
  for (const mirror of mirrors.splice(0)) await mirror.close();
  rmSync(directory, { recursive: true });
});

async function mirror(answer: Parameters<typeof startMirror>[0]): Promise<Mirror> {
  const started = await startMirror(answer);
  mirrors.push(started);
  return started;
}
const unpack = (env: Record<string, string> = {}, architecture = 'amd64') =>
  unpackRootfs({ rootfs, lock, architecture, store, directory: mkdtempSync(join(directory, 'x')), env, run });
const whole = (asked: string) => (asked === `/debian/${path}` ? bytes : 404);

test('a package is fetched once, then it is in the store and no network is needed', async () => {
  const one = await mirror(whole);
  expect(unwrap(await unpack({ PRISM_DEBIAN_MIRRORS: `${one.url}/` })).has('usr/bin/hello')).toBe(true);
  expect(one.asked).toEqual([`/debian/${path}`]);
  expect(codesOf(await unpack())).toEqual([]);
  expect(codesOf(await unpack({ PRISM_DEBIAN_MIRRORS: 'http://127.0.0.1:1/debian' }))).toEqual([]);
});

test('what is altered in the store is fetched again', async () => {
  const one = await mirror(whole);
  const env = { PRISM_DEBIAN_MIRRORS: one.url };
  await unpack(env);
  const blobs = join(store.directory, 'blobs', 'sha256');
  const altered = Buffer.from(bytes);
  altered[500] = altered[500]! ^ 1;
  rmSync(join(blobs, readdirSync(blobs)[0]!));
  writeFileSync(join(blobs, hello.digest.slice(7)), altered);
  expect(codesOf(await unpack(env))).toEqual([]);
  expect(one.asked).toHaveLength(2);
});

describe('a package that has vanished', () => {
  test('is a failure that says how to go on', async () => {
    const one = await mirror(() => 404);
    const gone = await unpack({ PRISM_DEBIAN_MIRRORS: one.url });
    expect(gone).toMatchObject({
      failures: [
        {
          code: 'PACKAGE_GONE',
          what: 'hello 1.0-1 (all) is no longer available: mirrors keep only the current versions',
          why: `${one.url}/${path}: 404 Not Found`,
        },
      ],
    });
    const remedy = gone.ok ? '' : gone.failures[0]!.remedy;
    expect(remedy).toContain('PRISM_DEBIAN_SNAPSHOTS');
    expect(remedy).toContain('nx g prism:lock');
  });

  test('comes from a snapshot archive, asked after the mirrors', async () => {
    const [one, snapshot] = [await mirror(() => 404), await mirror(whole)];
    const env = { PRISM_DEBIAN_MIRRORS: one.url, PRISM_DEBIAN_SNAPSHOTS: snapshot.url };
    expect(codesOf(await unpack(env))).toEqual([]);
    expect([one.asked.length, snapshot.asked.length]).toEqual([1, 1]);
  });
});

describe('bytes that the lock does not name', () => {
  const altered = Buffer.from(bytes);
  altered[700] = altered[700]! ^ 1;
  test.each([
    ['altered', altered, 'PACKAGE_ALTERED'],
    ['cut', bytes.subarray(0, 600), 'PACKAGE_ALTERED'],
    ['longer', Buffer.concat([bytes, bytes]), 'PACKAGE_NOT_FETCHED'],
  ])('%s are refused and not kept', async (_, answer, code) => {
    const one = await mirror(() => answer);
    expect(codesOf(await unpack({ PRISM_DEBIAN_MIRRORS: one.url }))).toEqual([code]);
    expect(readdirSync(join(store.directory, 'blobs', 'sha256'))).toEqual([]);
  });

  test('are passed over where another mirror has the right ones', async () => {
    const [one, two] = [await mirror(() => altered), await mirror(whole)];
    expect(codesOf(await unpack({ PRISM_DEBIAN_MIRRORS: `${one.url} ${two.url}` }))).toEqual([]);
  });
});

test('a server that stumbles is asked again; one that is down is no proof that a package is gone', async () => {
  let times = 0;
  const one = await mirror((asked) => (++times < 3 ? 503 : whole(asked)));
  expect(codesOf(await unpack({ PRISM_DEBIAN_MIRRORS: one.url }))).toEqual([]);
  rmSync(store.directory, { recursive: true });
  store = unwrap(await openContentStore(join(directory, 'store')));
  const [two, down] = [await mirror(() => 404), await mirror(() => 500)];
  const failed = await unpack({ PRISM_DEBIAN_MIRRORS: `${two.url},${down.url}` });
  expect(failed).toMatchObject({ failures: [{ code: 'PACKAGE_NOT_FETCHED' }] });
});

test('a password goes to the server and into no message', async () => {
  const headers: (string | undefined)[] = [];
  const one = await mirror((_, request) => {
    headers.push(request.headers.authorization);
    return 403;
  });
  const url = one.url.replace('http://', 'http://user:s%40cret@');
  const failed = await unpack({ PRISM_DEBIAN_MIRRORS: url });
  expect(headers).toEqual([`Basic ${Buffer.from('user:s@cret').toString('base64')}`]);
  expect(codesOf(failed)).toEqual(['PACKAGE_NOT_FETCHED']);
  expect(JSON.stringify(failed)).not.toMatch(/cret/);
});

test('without mirrors, apt and the file in the store, it says what to set', async () => {
  expect(await unpack()).toMatchObject({
    failures: [
      {
        code: 'MIRROR_UNKNOWN',
        remedy: expect.stringMatching(/PRISM_DEBIAN_MIRRORS="\S+\/debian \S+\/debian-security"/),
      },
    ],
  });
});

test('an architecture that is not locked is a failure', async () => {
  expect(codesOf(await unpack({}, 'riscv64'))).toEqual(['ROOTFS_ARCHITECTURE_UNLOCKED']);
});

test("apt's sources count for the suite, its updates and security, and addresses are joined as mirrors want them", () => {
  const targets =
    'http://a.invalid/debian/ bookworm\nhttp://a.invalid/debian/ bookworm-updates\nhttp://s.invalid/x bookworm-security\nhttp://o.invalid/ other\ncdrom:x bookworm\n';
  expect(parseTargets(targets, 'bookworm')).toEqual(['http://a.invalid/debian/', 'http://s.invalid/x']);
  expect(addressesOf(['http://a.invalid/debian/'], 'pool/g++_1%3a2~1.deb')).toEqual([
    'http://a.invalid/debian/pool/g++_1%253a2~1.deb',
  ]);
  expect(modulePath('example.com/Tool', 'v1.0.0-RC')).toBe('example.com/!tool/@v/v1.0.0-!r!c.zip');
});
