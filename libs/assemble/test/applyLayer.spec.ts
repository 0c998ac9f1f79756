import { opaqueWhiteout, whiteout } from '@prism-build/oci';
import { applyLayer, type LayerEntry } from '../src/base/applyLayer';
import { listChanges } from '../src/changes';
import type { Tree } from '../src/node';

const owned = { uid: 0, gid: 0 };
type Header = LayerEntry['header'];
const dir = (path: string, mode = 0o755): Header => ({ type: 'directory', path, mode, ...owned });
const file = (path: string, mode = 0o644): Header => ({ type: 'file', path, mode, ...owned });
const link = (path: string, linkTarget: string): Header => ({
  ...{ type: 'symlink', path, mode: 0o777, ...owned, linkTarget },
});
const hard = (path: string, linkTarget: string): Header => ({
  ...{ type: 'hardlink', path, mode: 0o644, ...owned, linkTarget },
});

function apply(...layers: readonly (readonly Header[])[]): Tree {
  let tree: Tree = new Map();
  for (const [at, headers] of layers.entries())
    tree = applyLayer(
      tree,
      headers.map((header, index) => ({ header, size: 1, path: `/scratch/${at}/${index}` })),
    );
  return tree;
}
const list = (tree: Tree) => [...tree].map(([path, { type }]) => `${path} ${type}`).sort();
const { content: _, ...opaque } = opaqueWhiteout('d');
const { content: __, ...gone } = whiteout('d/f');

test('whiteouts hide what lower layers have, wherever in the layer they stand, and nothing of their own', () => {
  const lower = [dir('d'), file('d/f'), file('d/g'), dir('d/e'), file('d/e/x')];
  expect(list(apply(lower, [gone]))).toEqual(['d directory', 'd/e directory', 'd/e/x file', 'd/g file']);
  expect(list(apply(lower, [file('d/f', 0o600), gone]))).toContain('d/f file');
  expect(list(apply(lower, [file('d/new'), opaque]))).toEqual(['d directory', 'd/new file']);
  expect(list(apply(lower, [opaque, file('d/new')]))).toEqual(['d directory', 'd/new file']);
});

test("an engine's own notes are no files, and a whiteout of nothing is nothing", () => {
  expect(list(apply([file('.wh..wh.aufs'), dir('.wh..wh.plnk'), file('.wh.nothing')]))).toEqual([]);
});

test('a directory over a directory keeps what is in it; anything else gives way whole', () => {
  expect(list(apply([dir('d'), file('d/f')], [dir('d', 0o700)]))).toEqual(['d directory', 'd/f file']);
  expect(list(apply([dir('d'), file('d/f')], [file('d')]))).toEqual(['d file']);
  expect(list(apply([file('d')], [file('d/f')]))).toEqual(['d directory', 'd/f file']);
});

test('parents that no layer names are directories of root', () => {
  const tree = apply([file('a/b/c')]);
  expect(tree.get('a/b')).toEqual({ type: 'directory', mode: 0o755, uid: 0, gid: 0 });
});

test('links of lower layers lead the way, inside the root', () => {
  const lower = [dir('usr'), dir('usr/bin'), link('bin', '/usr/bin'), link('up', '../../usr')];
  expect(list(apply(lower, [file('bin/x'), file('up/y')]))).toEqual(
    expect.arrayContaining(['usr/bin/x file', 'usr/y file', 'bin symlink']),
  );
});

test('a directory in the place of a link empties nothing, wherever its entries stand in the layer', () => {
  const lower = [dir('data'), file('data/f'), dir('data/sub'), file('data/sub/f'), link('alias', 'data')];
  const { content: _a, ...opaqueAlias } = opaqueWhiteout('alias');
  const { content: _b, ...goneInside } = whiteout('alias/f');
  const kept = ['data directory', 'data/f file', 'data/sub directory', 'data/sub/f file'];
  for (const upper of [
    [dir('alias'), opaqueAlias],
    [opaqueAlias, dir('alias')],
    [dir('alias'), goneInside],
  ])
    expect(list(apply(lower, upper))).toEqual(['alias directory', ...kept]);
  const { content: _c, ...deeper } = opaqueWhiteout('alias/sub');
  expect(list(apply(lower, [deeper, dir('alias'), dir('alias/sub')]))).toEqual([
    ...['alias directory', 'alias/sub directory', ...kept],
  ]);
  // Without the directory the link stays, and engines do not follow it for what is in it.
  expect(list(apply(lower, [opaqueAlias]))).toEqual(['alias symlink', ...kept]);
});

test('a command that puts a directory in the place of a link changes that alone', () => {
  const before = apply([
    dir('srv'),
    dir('srv/1'),
    file('srv/1/f'),
    dir('srv/1/sub'),
    file('srv/1/sub/f'),
    link('srv/now', '1'),
  ]);
  const { content: _, ...opaqueNow } = opaqueWhiteout('srv/now');
  const layer = [dir('srv'), dir('srv/now'), opaqueNow, file('srv/now/f')];
  const entries = layer.map((header, at) => ({ header, size: 1, path: `/scratch/run/${at}` }));
  expect(list(listChanges(before, entries, []))).toEqual([
    'srv directory',
    'srv/now directory',
    'srv/now/f file',
  ]);
});

test('whiteouts behind a link that stays, and behind one that the layer makes', () => {
  const lower = [dir('data'), file('data/f'), dir('new'), file('new/f'), link('way', 'data')];
  const { content: _, ...behind } = whiteout('way/f');
  expect(list(apply(lower, [behind]))).not.toContain('data/f file');
  expect(list(apply(lower, [link('way', 'new'), behind]))).toEqual([
    ...['data directory', 'data/f file', 'new directory', 'way symlink'],
  ]);
});

test('hard links are one object, also across layers', () => {
  const tree = apply([file('a')], [dir('d'), hard('d/b', 'a')]);
  expect(tree.get('d/b')).toBe(tree.get('a'));
});

test('what leaves the root, loops or links to nothing is an error', () => {
  expect(() => apply([file('../x')])).toThrow('leaves the root');
  expect(() => apply([file('a/../../x')])).toThrow('leaves the root');
  expect(() => apply([link('a', 'b'), link('b', 'a'), file('a/x')])).toThrow('loop');
  expect(() => apply([hard('a', 'b')])).toThrow('hard link to nothing');
});
