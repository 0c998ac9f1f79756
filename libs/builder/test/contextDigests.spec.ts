import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { readDirectory } from '@prism-build/assemble';
import { ignoreNothing } from '@prism-build/containerfile';
import { hashFile } from '@prism-build/oci';
import { digestContext } from '../src/digests/contextDigests';

let directory: string;
let read: string[];
beforeEach(() => {
  directory = fs.mkdtempSync(join(tmpdir(), 'prism-digests-'));
  fs.mkdirSync(join(directory, 'context'));
});
afterEach(() => fs.rmSync(directory, { recursive: true }));

const at = (name: string) => join(directory, 'context', name);
const table = () => join(directory, 'work', 'context.digests');
/** Longer than the time within which a change may go unnoticed. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 2100));

/** Digests by name; `read` has the files whose content was read. */
async function digest() {
  read = [];
  const tree = readDirectory(join(directory, 'context'), [''], ignoreNothing);
  if (!tree.ok) throw new Error('no tree');
  const found = await digestContext(tree.value, table(), async (path) => {
    read.push(basename(path));
    return hashFile(path);
  });
  const names = [...tree.value].flatMap(([path, { type }]) => (type === 'file' ? [path] : []));
  return {
    ...found,
    byName: Object.fromEntries(names.map((name, number) => [name, found.digestOf(number).toString('hex')])),
  };
}

const digestOf = (name: string) => hashFile(at(name)).digest.slice('sha256:'.length);
const put = (name: string, text: string) => fs.writeFileSync(at(name), text);

test('a file is read once, until it changes, whatever its modification time says', async () => {
  for (const name of ['a', 'b', 'c']) put(name, name);
  await settle();
  const first = await digest();
  expect(read.sort()).toEqual(['a', 'b', 'c']);
  expect((await digest()).byName).toEqual(first.byName);
  expect(read).toEqual([]);
  const { atime, mtime } = fs.statSync(at('b'));
  put('b', 'B');
  fs.utimesSync(at('b'), atime, mtime);
  fs.renameSync(at('c'), at('d'));
  fs.rmSync(at('a'));
  const second = await digest();
  expect(second.byName).toEqual({ b: digestOf('b'), d: first.byName.c });
  expect(read.sort()).toEqual(['b', 'd']);
});

test('a file that changed a moment ago is read again', async () => {
  put('a', 'one');
  await digest();
  put('a', 'two');
  expect((await digest()).byName.a).toBe(digestOf('a'));
  await digest();
  expect(read).toEqual(['a']);
});

test('a table that is damaged or not there says nothing', async () => {
  put('a', 'a');
  await settle();
  const { byName } = await digest();
  const bytes = fs.readFileSync(table());
  for (const broken of [
    bytes.subarray(0, -1),
    Buffer.alloc(0),
    alter(bytes, bytes.length - 1),
    alter(bytes, 0),
  ]) {
    fs.writeFileSync(table(), broken);
    expect((await digest()).byName).toEqual(byName);
    expect(read).toEqual(['a']);
    expect(fs.readFileSync(table()).equals(bytes)).toBe(true);
  }
});

test('what changes after it was looked at is a failure; another mode is none', async () => {
  for (const name of ['a', 'b', 'c']) put(name, name);
  const { findChanged } = await digest();
  fs.chmodSync(at('a'), 0o600);
  expect(await findChanged()).toEqual([]);
  put('b', 'B');
  expect((await findChanged()).map(({ code, what }) => `${code} ${what}`)).toEqual([
    `LAYER_SOURCE_CHANGED ${at('b')} changed while the image was built.`,
  ]);
});

function alter(bytes: Buffer, place: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[place]! ^= 1;
  return copy;
}
