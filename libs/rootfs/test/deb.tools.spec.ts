import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Node, readContent, spillTo, type Tree } from '@prism-build/assemble';
import { openContentStore } from '@prism-build/oci';
import { run } from '@prism-build/shell';
import { obtain } from '../src/fetch/obtain';
import { readDeb, readLock } from '../src/index';
import type { LockedPackage } from '../src/lock';
import { openPlaces } from '../src/wanted';
import { unwrap } from './support';

const repository = join(__dirname, '../../..');
const cache = process.env.PRISM_CACHE_DIR ?? join(repository, '.prism/cache');
const isRoot = process.getuid?.() === 0;
const places = openPlaces('bookworm', { env: process.env, run });

/** Packages with all that packages may have: set-id programs, owners, hard links, long names, sticky directories. */
const interesting = [
  'base-files',
  'login',
  'passwd',
  'perl-base',
  'util-linux',
  'bsdutils',
  'libc6',
  'tzdata',
  'apt',
  'mount',
];
const regular = fs.readFileSync(join(repository, 'containerfiles/regular/rootfs.lock.json'), 'utf8');
const packages = Object.entries(unwrap(readLock(regular, 'regular')).architectures).flatMap(
  ([architecture, { packages }]) =>
    packages
      .filter(({ name }) => interesting.includes(name))
      .map((one) => ({ ...one, label: `${one.name} for ${architecture}` })),
);

let directory: string;
beforeEach(() => {
  directory = fs.mkdtempSync(join(tmpdir(), 'prism-deb-'));
});
afterEach(() => fs.rmSync(directory, { recursive: true }));

test('there is something to compare', () => expect(packages).toHaveLength(2 * interesting.length));

test.each(packages)('$label: the tree is that of dpkg-deb -x', async (locked: LockedPackage) => {
  const store = unwrap(await openContentStore(join(cache, 'packages')));
  const bytes = unwrap(await obtain(store, places.ofPackage(locked)));
  const file = join(directory, 'x.deb');
  fs.writeFileSync(file, bytes);
  const deb = unwrap(await readDeb(bytes, locked.name, spillTo(join(directory, 'spilled'))));
  expect(Object.fromEntries(deb.fields)).toMatchObject({ Package: locked.name, Version: locked.version });
  execFileSync('dpkg-deb', ['-x', file, join(directory, 'theirs')]);
  expect(describeTree(deb.tree)).toEqual(describeDirectory(join(directory, 'theirs')));
});

/** A line a path: type, mode, owner (which only root can unpack), content or target, the other names of the file. */
function describeTree(tree: Tree): string[] {
  const names = new Map<Node, string[]>();
  for (const [path, node] of tree) names.set(node, [...(names.get(node) ?? []), path].sort());
  return [...tree]
    .map(([path, node]) => {
      const owner = isRoot ? `${node.uid}:${node.gid}` : '';
      const others = node.type === 'file' ? names.get(node)!.join(' ') : '';
      const content = node.type === 'file' ? sum(readContent(node.content)) : '';
      const target = node.type === 'symlink' ? node.linkTarget : '';
      return [path, node.type, node.mode.toString(8), owner, content || target, others].join(' ');
    })
    .sort();
}

function describeDirectory(root: string): string[] {
  const names = new Map<number, string[]>();
  const paths = walk(root);
  for (const path of paths) {
    const { ino } = fs.lstatSync(join(root, path));
    names.set(ino, [...(names.get(ino) ?? []), path].sort());
  }
  return paths
    .map((path) => {
      const stat = fs.lstatSync(join(root, path));
      const type = stat.isFile() ? 'file' : stat.isDirectory() ? 'directory' : 'symlink';
      const owner = isRoot ? `${stat.uid}:${stat.gid}` : '';
      const others = type === 'file' ? names.get(stat.ino)!.join(' ') : '';
      const content = type === 'file' ? sum(fs.readFileSync(join(root, path))) : '';
      const target = type === 'symlink' ? fs.readlinkSync(join(root, path)) : '';
      return [path, type, (stat.mode & 0o7777).toString(8), owner, content || target, others].join(' ');
    })
    .sort();
}

/** Not readdir's own recursion, which follows links. */
function walk(root: string, below = ''): string[] {
  return fs.readdirSync(join(root, below), { withFileTypes: true }).flatMap((entry) => {
    const path = join(below, entry.name);
    return entry.isDirectory() ? [path, ...walk(root, path)] : [path];
  });
}

function sum(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
