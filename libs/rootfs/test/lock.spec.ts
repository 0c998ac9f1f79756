import { parseRecords, parseSimulation, pretendInstalled } from '../src/apt/parse';
import {
  describeChanges,
  encodeLock,
  parseLock,
  parseRootfs,
  type RootfsLock,
  requestDigest,
} from '../src/index';
import { debianArchitecture } from '../src/wanted';
import { codesOf, unwrap } from './support';

const text = (rootfs: object) => JSON.stringify({ suite: 'bookworm', packages: ['hello'], ...rootfs });
const digest = `sha256:${'a'.repeat(64)}` as const;
const locked = (name: string, version = '1', architecture = 'amd64') => ({
  name,
  architecture,
  version,
  path: `pool/main/${name}_${version}.deb`,
  size: 1,
  digest,
});

function lockOf(rootfs: string, packages = [locked('hello')]): RootfsLock {
  const request = requestDigest(unwrap(parseRootfs(rootfs, 'rootfs.json')));
  return { schemaVersion: 1, request, architectures: { amd64: { packages, archives: [] } } };
}

test('a description is parsed, with what it leaves out', () => {
  expect(unwrap(parseRootfs(text({}), 'rootfs.json'))).toEqual({
    suite: 'bookworm',
    architectures: ['amd64', 'arm64'],
    packages: ['hello'],
    without: [],
    archives: [],
    exclude: [],
    links: {},
    database: 'status.d',
    cache: true,
  });
});

test.each([
  ['{', 1],
  ['[]', 1],
  [text({ packages: ['Hello', 'a b', 3] }), 3],
  [text({ unknown: 1, links: { '/usr/bin/x': 'y', '../x': 'y' } }), 3],
  [
    text({
      archives: [
        { to: 'usr' },
        { to: 'usr', module: 'm' },
        { to: 'a', url: 'https://h.invalid/x', module: 'm' },
      ],
    }),
    3,
  ],
])('every violation in %s is reported', (rootfs, count) => {
  const parsed = parseRootfs(rootfs, 'rootfs.json');
  expect(codesOf(parsed)).toEqual(Array(count).fill('ROOTFS_INVALID'));
  if (!parsed.ok) for (const { at } of parsed.failures) expect(at).toEqual({ file: 'rootfs.json' });
});

test('a lock is the same text for the same packages in any order, one a line', () => {
  const lock = lockOf(text({}), [locked('zlib'), locked('hello', '1', 'arm64'), locked('hello')]);
  const lines = encodeLock(lock).split('\n');
  expect(lines.filter((line) => line.includes('"name"')).map((line) => line.trim().slice(0, 42))).toEqual([
    '{"name":"hello","architecture":"amd64","ve',
    '{"name":"hello","architecture":"arm64","ve',
    '{"name":"zlib","architecture":"amd64","ver',
  ]);
  const turned = lockOf(text({}), [locked('hello'), locked('zlib'), locked('hello', '1', 'arm64')]);
  expect(encodeLock(turned)).toBe(encodeLock(lock));
  expect(encodeLock(lock)).toMatchSnapshot();
});

test('a lock is for what was asked; what is excluded or linked may change under it', () => {
  const lock = encodeLock(lockOf(text({})));
  const check = (rootfs: object) => parseLock(lock, 'l', unwrap(parseRootfs(text(rootfs), 'r')));
  expect(codesOf(check({}))).toEqual([]);
  expect(codesOf(check({ exclude: ['usr'], links: { a: 'b' }, database: 'dpkg', cache: false }))).toEqual([]);
  expect(codesOf(check({ packages: ['hello', 'other'] }))).toEqual(['ROOTFS_LOCK_STALE']);
  expect(codesOf(check({ without: ['other'] }))).toEqual(['ROOTFS_LOCK_STALE']);
  expect(codesOf(check({ architectures: ['amd64'] }))).toEqual(['ROOTFS_LOCK_STALE']);
  expect(codesOf(check({ suite: 'trixie' }))).toEqual(['ROOTFS_LOCK_STALE']);
});

test.each([
  [undefined, 'ROOTFS_LOCK_MISSING'],
  ['', 'ROOTFS_LOCK_INVALID'],
  ['{}', 'ROOTFS_LOCK_INVALID'],
  [
    encodeLock(lockOf(text({}), [{ ...locked('hello'), path: 'https://mirror.invalid/pool/x.deb' }])),
    'ROOTFS_LOCK_INVALID',
  ],
  [encodeLock(lockOf(text({}))).replace(digest, 'sha256:0'), 'ROOTFS_LOCK_INVALID'],
  [encodeLock(lockOf(text({}))).replace('"schemaVersion": 1', '"schemaVersion": 2'), 'ROOTFS_LOCK_INVALID'],
])('a lock that is none is refused with the command that makes one', (lock, code) => {
  const parsed = parseLock(lock, 'x/rootfs.lock.json', unwrap(parseRootfs(text({}), 'r')));
  expect(codesOf(parsed)).toEqual([code]);
  expect(parsed).toMatchObject({ failures: [{ remedy: expect.stringContaining('nx g prism:lock') }] });
});

test('what changed is a line each', () => {
  const old = lockOf(text({}), [
    locked('gone'),
    locked('hello'),
    locked('same'),
    locked('lib', '1', 'arm64'),
  ]);
  const fresh = lockOf(text({}), [
    locked('hello', '2'),
    locked('new'),
    { ...locked('same'), digest: `sha256:${'b'.repeat(64)}` },
    locked('lib', '1', 'arm64'),
  ]);
  expect(describeChanges(old, fresh)).toEqual([
    'amd64: - gone 1',
    'amd64:   hello 1 → 2',
    'amd64: + new 1',
    'amd64:   same 1: other bytes',
  ]);
  expect(describeChanges(undefined, old)).toHaveLength(4);
  expect(describeChanges(old, old)).toEqual([]);
});

test("apt's simulation and records are read", () => {
  const simulation = `Inst libc6 (2.36-9 Debian:12/oldstable [amd64])
Inst libgcc-s1 (12.2.0-14 Debian:12/oldstable [amd64]) []
Inst libstd:arm64 (1.96 Debian-Security:12/oldstable-security [arm64])
Inst old [1.0] (1.1 Debian:12/oldstable [all])
Conf libc6 (2.36-9 Debian:12/oldstable [amd64])
Remv other [1]
`;
  expect(parseSimulation(simulation)).toEqual([
    { name: 'libc6', version: '2.36-9', architecture: 'amd64' },
    { name: 'libgcc-s1', version: '12.2.0-14', architecture: 'amd64' },
    { name: 'libstd', version: '1.96', architecture: 'arm64' },
    { name: 'old', version: '1.1', architecture: 'all' },
  ]);
  const record = `Package: hello
Version: 1
Architecture: amd64
Depends: libc6
Multi-Arch: foreign
Filename: ./pool/h/hello_1_amd64.deb
Size: 7
SHA256: ${'a'.repeat(64)}
`;
  expect(parseRecords(`${record}\n${record}\nPackage: other\nVersion: 1\n`)).toEqual([
    { name: 'hello', architecture: 'amd64', version: '1', path: 'pool/h/hello_1_amd64.deb', size: 7, digest },
  ]);
  expect(pretendInstalled(record)).toBe(
    'Package: hello\nArchitecture: amd64\nVersion: 1\nMulti-Arch: foreign\nStatus: hold ok installed\nMaintainer: prism\nDescription: counts as present\n',
  );
});

test.each([
  ['amd64', undefined, 'amd64'],
  ['arm64', 'v8', 'arm64'],
  ['arm', 'v7', 'armhf'],
  ['arm', 'v6', 'armel'],
  ['386', undefined, 'i386'],
  ['ppc64le', undefined, 'ppc64el'],
])('OCI calls it %s %s, Debian %s', (architecture, variant, name) => {
  expect(debianArchitecture({ architecture, variant })).toBe(name);
});
