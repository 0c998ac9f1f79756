import type { Node, Tree } from '@prism-build/assemble';
import { zipSync } from 'fflate';
import { parseParagraph } from '../src/deb/control';
import type { Deb } from '../src/deb/readDeb';
import { parseRootfs, type Rootfs } from '../src/index';
import { buildTree } from '../src/tree/buildTree';
import { readArchiveTree } from '../src/tree/readArchive';
import { codesOf, listTree, treeOf, unwrap } from './support';

function debOf(name: string, tree: Tree, more = '', control: Record<string, string> = {}): Deb {
  const text = `Package: ${name}\nVersion: 1\nArchitecture: amd64\n${more}`;
  return {
    fields: parseParagraph(text),
    control: new Map(Object.entries({ control: text, ...control })),
    tree,
  };
}
const link = (linkTarget: string): Node => ({ type: 'symlink', mode: 0o777, uid: 0, gid: 0, linkTarget });
const rootfsOf = (rootfs: Partial<Rootfs> = {}): Rootfs =>
  unwrap(parseRootfs(JSON.stringify({ suite: 's', ...rootfs }), 'rootfs.json'));
const build = (debs: readonly Deb[], rootfs?: Partial<Rootfs>) =>
  buildTree(rootfsOf(rootfs), 'amd64', debs, []);
const pathsOf = (tree: Tree) => [...tree.keys()].filter((path) => !path.startsWith('var'));

test('directories that Debian merged into usr are, with a link for each that is used', () => {
  const tree = unwrap(
    build([debOf('a', treeOf({ 'bin/a': 'a', 'usr/bin/b': 'b' })), debOf('c', treeOf({ 'lib/x/c': 'c' }))]),
  );
  expect(pathsOf(tree)).toEqual([
    'bin',
    'lib',
    'usr',
    'usr/bin',
    'usr/bin/a',
    'usr/bin/b',
    'usr/lib',
    'usr/lib/x',
    'usr/lib/x/c',
  ]);
  expect(tree.get('lib')).toEqual(link('usr/lib'));
});

test('equal files and shared directories are no conflict, another content is; Replaces decides it', () => {
  const [one, same, other] = ['1', '1', '2'].map((text) => treeOf({ 'usr/share/f': text }));
  expect(codesOf(build([debOf('a', one!), debOf('b', same!)]))).toEqual([]);
  const conflict = build([debOf('a', one!), debOf('b', other!)]);
  expect(conflict).toMatchObject({
    failures: [{ code: 'PACKAGES_CONFLICT', what: '/usr/share/f is in a and, with different content, in b' }],
  });
  const replaced = unwrap(build([debOf('a', one!), debOf('b', other!, 'Replaces: a (<< 2), x\n')]));
  expect(listTree(replaced)).toContain('file 644 0:0 usr/share/f 2');
});

test('what lies below the link of another package goes where the link leads', () => {
  const links: Tree = new Map([
    ...treeOf({ 'usr/share/doc/real/x': '' }),
    ['usr/share/doc/alias', link('real')],
  ]);
  const tree = unwrap(build([debOf('a', links), debOf('b', treeOf({ 'usr/share/doc/alias/y': '' }))]));
  expect(pathsOf(tree).filter((path) => path.includes('doc/'))).toEqual([
    'usr/share/doc/alias',
    'usr/share/doc/real',
    'usr/share/doc/real/x',
    'usr/share/doc/real/y',
  ]);
});

test('exclusions are those of an ignore file; links are made after them', () => {
  const debs = [
    debOf('a', treeOf({ 'usr/share/doc/a/NEWS': '', 'usr/share/doc/a/copyright': '', 'usr/bin/x': '' })),
  ];
  const rootfs = {
    exclude: ['usr/share/doc', '!usr/share/doc/*/copyright', 'usr/bin/*'],
    links: { 'usr/bin/y': 'x' },
  };
  expect(pathsOf(unwrap(build(debs, rootfs)))).toEqual([
    'bin',
    'usr',
    'usr/bin',
    'usr/bin/y',
    'usr/share',
    'usr/share/doc',
    'usr/share/doc/a',
    'usr/share/doc/a/copyright',
  ]);
  expect(codesOf(build(debs, { exclude: ['[a'] }))).toEqual(['IGNORE_FILE_BAD_PATTERN']);
});

test('certificates are bundled by name, each on lines of its own, though their files are left out', () => {
  const tree = treeOf({
    'usr/share/ca-certificates/m/B.crt': 'b\n',
    'usr/share/ca-certificates/m/A.crt': 'a',
  });
  const made = unwrap(build([debOf('ca-certificates', tree)], { exclude: ['usr'] }));
  const bundle = made.get('etc/ssl/certs/ca-certificates.crt');
  expect(
    bundle?.type === 'file' &&
      bundle.content.kind === 'bytes' &&
      Buffer.from(bundle.content.bytes).toString(),
  ).toBe('a\nb\n');
});

test('scanners find every package in status.d, and only sums of files that are there', () => {
  const sums = `${'0'.repeat(32)}  usr/bin/x\n${'1'.repeat(32)}  usr/share/doc/x\n`;
  const debs = [
    debOf('x', treeOf({ 'bin/x': '' }), '', { md5sums: sums }),
    {
      ...debOf('lib', treeOf({})),
      fields: parseParagraph('Package: lib\nVersion: 1\nArchitecture: arm64\n'),
    },
  ];
  const tree = unwrap(build(debs));
  const text = (path: string) => {
    const node = tree.get(`var/lib/dpkg/status.d/${path}`);
    return node?.type === 'file' && node.content.kind === 'bytes'
      ? Buffer.from(node.content.bytes).toString()
      : undefined;
  };
  expect(text('x')).toBe('Package: x\nVersion: 1\nArchitecture: amd64\n');
  expect(text('x.md5sums')).toBe(`${'0'.repeat(32)}  usr/bin/x\n`);
  expect(text('lib_arm64')).toBeDefined();
});

test("dpkg's own database has every package installed, with its files and scripts", () => {
  const control = { md5sums: '', conffiles: '/etc/x.conf\n', postinst: '#!/bin/sh\n' };
  const deb = debOf('x', treeOf({ 'etc/x.conf': 'a', 'bin/x': '' }), 'Multi-Arch: same\n', control);
  const lines = listTree(unwrap(build([deb], { database: 'dpkg' })));
  expect(lines.filter((line) => line.includes('var/lib/dpkg/'))).toMatchSnapshot();
  const status = unwrap(build([deb], { database: 'dpkg' })).get('var/lib/dpkg/status');
  expect(
    status?.type === 'file' &&
      status.content.kind === 'bytes' &&
      Buffer.from(status.content.bytes).toString(),
  ).toBe(
    'Package: x\nStatus: install ok installed\nVersion: 1\nArchitecture: amd64\nMulti-Arch: same\nConffiles:\n /etc/x.conf 0cc175b9c0f1b6a831c399e269772661\n',
  );
});

test('the order of packages and of their paths decides nothing', () => {
  const files = treeOf({ 'usr/b': 'b', 'usr/a': 'a' });
  const turned: Tree = new Map([...files].reverse());
  const one = unwrap(build([debOf('a', files), debOf('b', treeOf({ 'etc/c': 'c' }))]));
  const two = unwrap(build([debOf('b', treeOf({ 'etc/c': 'c' })), debOf('a', turned)]));
  expect(listTree(one)).toEqual(listTree(two));
});

describe('archives', () => {
  const archive = { strip: 2, to: 'usr/local/go', exclude: ['test'], executable: ['bin/*'] };
  const keep = async (_size: number, content: AsyncIterable<Uint8Array>) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of content) chunks.push(chunk);
    return { kind: 'bytes' as const, bytes: Buffer.concat(chunks) };
  };
  const zip = zipSync({
    'm/x@v1/bin/go': Buffer.from('go'),
    'm/x@v1/VERSION': Buffer.from('v'),
    'm/x@v1/test/a.go': Buffer.from('a'),
    'm/LICENSE': Buffer.from(''),
  });

  test('a module goes where it belongs, with the modes that it has not', async () => {
    const tree = unwrap(await readArchiveTree(archive, 'm/x@v1', zip, keep));
    expect(listTree(tree)).toEqual([
      'file 755 0:0 usr/local/go/bin/go go',
      'file 644 0:0 usr/local/go/VERSION v',
    ]);
  });

  test.each([0, 3, 10, 40, 100, 200])('one that is cut at %i is a failure', async (end) => {
    expect(codesOf(await readArchiveTree(archive, 'm.zip', zip.subarray(0, end), keep))).toEqual([
      'PACKAGE_INVALID',
    ]);
  });
});
