import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listChanges, type Node, type Tree } from '@prism-build/assemble';
import { type Entry, writeLayerTar } from '@prism-build/oci';
import { readContainer } from '../src/run/readContainer';

let scratch: string;
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'prism-container-'));
});
afterEach(() => rmSync(scratch, { recursive: true }));

const directory: Node = { type: 'directory', mode: 0o755, uid: 0, gid: 0 };
const file = (text: string): Node => ({
  ...{ type: 'file', mode: 0o644, uid: 0, gid: 0 },
  content: { kind: 'bytes', bytes: Buffer.from(text) },
});

interface Member {
  readonly name: string;
  readonly text?: string;
  readonly type?: 'directory' | 'link';
  readonly linkname?: string;
}

/** A tar as `docker export` writes it; the time of all is not that of our layers. */
function tarOf(members: readonly Member[]) {
  return async function* () {
    yield* writeLayerTar(members.map(entryOf));
  };
}

function entryOf({ name, text = '', type, linkname = '' }: Member): Entry {
  const common = {
    path: name,
    mode: type === 'directory' ? 0o755 : 0o644,
    uid: 0,
    gid: 0,
    mtime: 1_700_000_000,
  };
  if (type === 'directory') return { ...common, type };
  if (type === 'link') return { ...common, type: 'hardlink', linkTarget: linkname };
  return { ...common, type: 'file', content: { kind: 'bytes', bytes: Buffer.from(text) } };
}

async function changes(before: Tree, members: readonly Member[], differs: readonly string[]) {
  const entries = await readContainer(tarOf(members), { before, differs: new Set(differs), scratch });
  return listChanges(before, entries, []);
}

function texts(tree: Tree): Record<string, string> {
  return Object.fromEntries(
    [...tree].map(([path, node]) => {
      if (node.type !== 'file') return [path, node.type];
      const { content } = node;
      return [path, content.kind === 'file' ? readFileSync(content.path, 'utf8') : ''];
    }),
  );
}

test('what the list names, what is gone, and nothing of what merely stands there', async () => {
  const before: Tree = new Map([
    ['etc', directory],
    ['etc/kept', file('kept')],
    ['etc/edited', file('old')],
    ['gone', directory],
    ['gone/inner', file('x')],
  ]);
  const members: Member[] = [
    { name: '.dockerenv' },
    { name: 'dev', type: 'directory' },
    { name: 'dev/console' },
    { name: 'etc', type: 'directory' },
    { name: 'etc/edited', text: 'new' },
    { name: 'etc/hosts' },
    { name: 'etc/kept', text: 'kept' },
    { name: 'made', text: 'made' },
  ];
  const found = await changes(before, members, ['etc', 'etc/edited', 'made', 'gone']);
  expect(texts(found)).toEqual({ etc: 'directory', 'etc/edited': 'new', made: 'made', '.wh.gone': '' });
});

test('a directory that was made anew hides what the list does not say', async () => {
  const before: Tree = new Map([
    ['d', directory],
    ['d/old', file('old')],
    ['d/same', file('same')],
  ]);
  const members: Member[] = [
    { name: 'd', type: 'directory' },
    { name: 'd/same', text: 'again' },
  ];
  expect(texts(await changes(before, members, ['d', 'd/same']))).toEqual({
    d: 'directory',
    'd/.wh.old': '',
    'd/same': 'again',
  });
});

test('a hard link to what did not change has its bytes, under every new name', async () => {
  const before: Tree = new Map([['a', file('text')]]);
  const members: Member[] = [
    { name: 'a', text: 'text' },
    { name: 'b', type: 'link', linkname: 'a' },
    { name: 'c', type: 'link', linkname: 'a' },
  ];
  expect(texts(await changes(before, members, ['b', 'c']))).toEqual({ b: 'text', c: 'text' });
});

test('names with a line break, which no list can say', async () => {
  const before: Tree = new Map([['old\nname', file('old')]]);
  const members: Member[] = [
    { name: 'new\nname', text: 'new' },
    { name: 'old\nname', text: 'old' },
  ];
  expect(texts(await changes(before, members, []))).toEqual({ 'new\nname': 'new' });
});
