import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeLock, parseLock, parseRootfs } from '../src/index';
import { unwrap } from './support';

// The bases of this repository: what is committed must fit together, before anything is fetched.
const directory = join(__dirname, '../../../containerfiles');
const read = (base: string, name: string) => readFileSync(join(directory, base, name), 'utf8');
const bases = readdirSync(directory).filter((name) => existsSync(join(directory, name, 'rootfs.json')));

function lockOf(base: string) {
  const rootfs = unwrap(parseRootfs(read(base, 'rootfs.json'), base));
  return unwrap(parseLock(read(base, 'rootfs.lock.json'), base, rootfs));
}

test('there are bases', () => {
  expect(bases).toEqual(
    expect.arrayContaining(['debug', 'go-builder', 'python-runtime', 'rust-builder', 'static']),
  );
});

test.each(bases)(
  '%s: its lock answers its description for both architectures, as it would be written, without a host',
  (base) => {
    const lock = lockOf(base);
    expect(Object.keys(lock.architectures)).toEqual(['amd64', 'arm64']);
    expect(encodeLock(lock)).toBe(read(base, 'rootfs.lock.json'));
    expect(read(base, 'rootfs.lock.json')).not.toMatch(/:\/\//);
  },
);

test('the locked Go is the pinned Go', () => {
  const { version } = JSON.parse(read('go-builder', 'pin.json'));
  for (const [architecture, { archives }] of Object.entries(lockOf('go-builder').architectures)) {
    const name = `golang.org/toolchain@v0.0.1-go${version}.linux-${architecture}`;
    expect(archives.map((archive) => archive.name)).toEqual([name]);
  }
});

test.each(['rust-builder', 'python-builder'])(
  '%s: the locked compilers are the pinned ones, where cross-compilers are what the pin names',
  (base) => {
    const pinned: Record<string, string> = JSON.parse(read(base, 'pin.json')).packages;
    const { packages } = lockOf(base).architectures.amd64!;
    const version = (name: string) => {
      const [asked, architecture] = name.split(':');
      const fits = (of: string) => of === (architecture ?? 'amd64') || (!architecture && of === 'all');
      return packages.find((one) => one.name === asked && fits(one.architecture))?.version;
    };
    expect(Object.fromEntries(Object.keys(pinned).map((name) => [name, version(name)]))).toEqual(pinned);
  },
);
