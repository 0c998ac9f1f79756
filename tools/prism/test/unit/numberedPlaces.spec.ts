import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Looked, lookAt, nowhere, placeOf } from '@prism-build/workspace';
import { compareWith } from '../../src/inference/memory/memory';
import { NumberedPlaces } from '../../src/inference/memory/numberedPlaces';
import { isAmong, lookAmong, toNumbers } from '../../src/inference/memory/numbers';

let root: string;
beforeEach(() => {
  root = fs.mkdtempSync(join(fs.realpathSync(tmpdir()), 'prism-looked-'));
});
afterEach(() => fs.rmSync(root, { recursive: true, force: true }));

const traced = ['d/file', 'd/file\0state', 'd/file\0kind', 'd'];

/** Which paths of a trace hold after a change of d/file. */
async function holdAfter(change: (file: string) => void): Promise<readonly string[]> {
  const file = join(root, 'd/file');
  fs.mkdirSync(join(root, 'd'));
  fs.writeFileSync(file, 'one');
  const numbered = new NumberedPlaces();
  const trace = traced.map((path) => numbered.add(path, lookAt(join(root, placeOf(path)), undefined))!);
  // Times of files have steps; two changes within one look the same.
  await new Promise((resolve) => setTimeout(resolve, 12));
  change(file);
  const { places, above } = numbered;
  const { holds } = compareWith({ places, above, looks: numbered.looks(), trace: [] }, root);
  return traced.filter((_, index) => holds(trace[index]!));
}

test.each<[string, (file: string) => void, readonly string[]]>([
  ['nothing', () => {}, traced],
  ['other contents', (file) => fs.writeFileSync(file, 'other'), ['d/file\0state', 'd/file\0kind', 'd']],
  ['another mode', (file) => fs.chmodSync(file, 0o755), ['d/file\0kind', 'd']],
  ['a removal', (file) => fs.rmSync(file), []],
  ['a link above', link, []],
])('after %s, exactly what does not depend on it holds', async (_, change, expected) => {
  expect(await holdAfter(change)).toEqual(expected);
});

function link(file: string): void {
  const directory = join(file, '..');
  fs.renameSync(directory, `${directory}2`);
  fs.symlinkSync('d2', directory);
}

test('a place that looked different within one run has no number for what differs', () => {
  const looked: Looked = { kind: 'file', executable: false, restamped: false, inode: 1, size: 2, changed: 3 };
  const numbered = new NumberedPlaces();
  expect(numbered.add('a', looked)).toBeDefined();
  expect(numbered.add('a', { ...looked, size: 4 })).toBeUndefined();
  expect(numbered.add('a\0state', { ...looked, size: 4 })).toBeDefined();
  expect(numbered.add('a\0state', { ...looked, executable: true })).toBeUndefined();
  expect(numbered.add('a\0kind', { ...looked, executable: true })).toBeDefined();
  expect(numbered.add('a\0kind', { ...looked, kind: 'directory' })).toBeUndefined();
});

test('numbers stand for all of a look', () => {
  const looks = (['none', 'file', 'directory', 'link'] as const).flatMap((kind) =>
    [true, false].flatMap((executable) =>
      [true, false].map((restamped) => ({
        kind,
        executable,
        restamped,
        inode: 2 ** 48,
        size: 1,
        changed: 1.25,
      })),
    ),
  );
  const numbers = toNumbers([...looks, undefined]);
  for (const [index, one] of looks.entries()) {
    expect(lookAmong(numbers, index)).toEqual(one);
    for (const [at, other] of looks.entries()) expect(isAmong(numbers, at, one)).toBe(one === other);
  }
  expect(lookAmong(numbers, looks.length)).toEqual(nowhere);
});
