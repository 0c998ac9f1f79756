import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Entry } from '@prism-build/oci';
import { type Node, readArchive, readContent, spillTo } from '../src/index';
import { packed, tarOf, text } from './oracle/archives';
import { assemble, codes, file, treeOf } from './support';

const owned = { mode: 0o644, uid: 0, gid: 0 };
const dir = (path: string): Entry => ({ type: 'directory', path, ...owned, mode: 0o755 });
const put = (path: string, content: string): Entry => ({
  type: 'file',
  path,
  ...owned,
  content: text(content),
});
const link = (path: string, linkTarget: string): Entry => ({
  type: 'symlink',
  path,
  ...owned,
  mode: 0o777,
  linkTarget,
});
const same = (path: string, linkTarget: string): Entry => ({ type: 'hardlink', path, ...owned, linkTarget });
const at = { file: 'app/Containerfile', line: 2 };

/** Members in the given order, which a layer would not have: each is a tar of its own, without its end. */
function inOrder(...entries: readonly Entry[]): Buffer {
  const one = (entry: Entry): Buffer => {
    if (entry.type !== 'hardlink') return tarOf([entry]).subarray(0, -1024);
    const target = tarOf([put(entry.linkTarget, '')]).subarray(0, -1024);
    return tarOf([put(entry.linkTarget, ''), entry]).subarray(target.length, -1024);
  };
  return Buffer.concat([...entries.map(one), Buffer.alloc(1024)]);
}

async function add(archive: Uint8Array, more: Readonly<Record<string, Node>> = {}, lines = ['ADD a /x/']) {
  const result = await assemble(lines, treeOf({ a: file(archive), ...more }));
  if (!result.ok) return codes(result);
  const tree = new Map(result.value.layers.flatMap(({ entries }) => [...entries]));
  return Object.fromEntries(
    [...tree].map(([path, node]) => {
      if (node.type === 'file') return [path, readContent(node.content).toString()];
      return [path, node.type === 'symlink' ? `-> ${node.linkTarget}` : node.type];
    }),
  );
}

const unzipped = Object.entries(packed).map(([name, text]) => [name, Buffer.from(text, 'base64')] as const);

test.each(unzipped)('ADD unpacks %s, whatever its name', async (_, bytes) => {
  expect(await add(bytes)).toEqual({ x: 'directory', 'x/f': 'x\n' });
});

test.each(unzipped.filter(([name]) => name !== 'zstd'))(
  '%s: streams in a row are one',
  async (name, bytes) => {
    // The second is a tar after the end of the first; it is read and ignored.
    const padding = Buffer.alloc(name === 'xz' ? 8 : 0);
    expect(await add(Buffer.concat([bytes, bytes, padding]))).toEqual({ x: 'directory', 'x/f': 'x\n' });
    expect(await add(Buffer.concat([bytes, bytes.subarray(0, -9)]))).toEqual([
      'ARCHIVE_INVALID app/Containerfile:2',
    ]);
  },
);

test('text that begins as an archive does is a file', async () => {
  expect(await add(Buffer.from('BZh9 is how bzip2 begins'))).toEqual({
    x: 'directory',
    'x/a': 'BZh9 is how bzip2 begins',
  });
});

test('the order of members counts: what lay behind a link stays there when the link is replaced', async () => {
  const archive = inOrder(dir('real'), link('way', 'real'), put('way/f', 'f'), dir('way'), put('way/g', 'g'));
  expect(await add(archive)).toEqual({
    ...{ x: 'directory', 'x/real': 'directory', 'x/way': 'directory' },
    ...{ 'x/real/f': 'f', 'x/way/g': 'g' },
  });
});

test('a link that takes the place of a directory takes what is in it along', async () => {
  const archive = inOrder(dir('d'), put('d/f', 'f'), dir('real'), link('d', 'real'), put('d/g', 'g'));
  expect(await add(archive)).toEqual({
    x: 'directory',
    'x/real': 'directory',
    'x/d': '-> real',
    'x/real/g': 'g',
  });
});

test('of two members of one path the later counts', async () => {
  expect(await add(inOrder(put('f', 'old'), put('f', 'new')))).toEqual({ x: 'directory', 'x/f': 'new' });
});

test('a hard link keeps what its target was, also behind a link and in the image', async () => {
  expect(await add(inOrder(put('f', 'old'), same('h', 'f'), put('f', 'new')))).toMatchObject({
    'x/h': 'old',
    'x/f': 'new',
  });
  const behind = inOrder(dir('real'), put('real/f', 'f'), link('way', 'real'), same('h', 'way/f'));
  expect(await add(behind)).toMatchObject({ 'x/h': 'f' });
  const lines = ['COPY f /x/f', 'ADD a /x/'];
  expect(await add(inOrder(same('h', 'f')), { f: file('of the image') }, lines)).toMatchObject({
    'x/h': 'of the image',
  });
  expect(await add(inOrder(same('h', 'none')))).toEqual(['ARCHIVE_INVALID app/Containerfile:2']);
  const within = inOrder(dir('d'), put('d/f', 'f'), link('w', 'd'), same('d', 'w/f'));
  expect(await add(within)).toEqual(['ARCHIVE_INVALID app/Containerfile:2']);
});

test('contents beyond a budget lie in files, one archive for all platforms', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'prism-spill-'));
  try {
    const keep = spillTo(join(directory, 'contents'), { threshold: 100, budget: 8 });
    const bytes = tarOf([put('a', '12345'), put('b', '123'), put('c', '1'), put('d', 'x'.repeat(200))]);
    const read = await readArchive({ kind: 'bytes', bytes }, { name: 'a', at, keep });
    const nodes = read.ok ? read.value!.flatMap((entry) => ('node' in entry ? [entry.node] : [])) : [];
    expect(nodes.map((node) => node.type === 'file' && node.content.kind)).toEqual([
      'bytes',
      'bytes',
      'file',
      'file',
    ]);
    expect(nodes.map((node) => node.type === 'file' && readContent(node.content).length)).toEqual([
      5, 3, 1, 200,
    ]);
    expect(readdirSync(join(directory, 'contents'))).toHaveLength(2);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test('a failure names the archive and the member', async () => {
  const bytes = tarOf([put('caf', 'x')]);
  bytes[3] = 0xe9;
  bytes.write(
    (
      bytes.subarray(0, 148).reduce((a, b) => a + b, 0) +
      bytes.subarray(156, 512).reduce((a, b) => a + b, 0) +
      256
    )
      .toString(8)
      .padStart(6, '0'),
    148,
  );
  const result = await assemble(['ADD a.tar /x/'], treeOf({ 'a.tar': file(bytes) }));
  expect(result).toMatchObject({
    failures: [
      { what: 'the archive a.tar cannot be unpacked', why: 'caf\\xe9: the name caf\\xe9 is not UTF-8' },
    ],
  });
});
