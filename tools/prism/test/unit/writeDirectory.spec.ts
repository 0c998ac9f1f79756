import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeDirectory } from '../../src/executors/render/writeDirectory';

let parent: string;
let directory: string;

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'prism-render-'));
  directory = join(parent, 'deep/out');
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

const write = (files: Record<string, string>) => writeDirectory(directory, 'deep/out', files);

test('an earlier rendering is replaced whole, and nothing is left beside it', async () => {
  expect(await write({ 'a/one': '1', two: '2' })).toMatchObject({ ok: true });
  expect(await write({ 'b/three': '3' })).toMatchObject({ ok: true });
  expect(readdirSync(directory).sort()).toEqual(['.prism-render', 'b']);
  expect(readFileSync(join(directory, 'b/three'), 'utf8')).toBe('3');
  expect(readdirSync(join(parent, 'deep'))).toEqual(['out']);
});

test('a directory with a file that render did not write is left as it is', async () => {
  await write({ one: '1' });
  writeFileSync(join(directory, 'notes'), 'mine');
  expect(await write({ two: '2' })).toMatchObject({ ok: false, failures: [{ code: 'OPTIONS_INVALID' }] });
  expect(readdirSync(directory).sort()).toEqual(['.prism-render', 'notes', 'one']);
  expect(readdirSync(join(parent, 'deep'))).toEqual(['out']);
});

test('a file in its place is left as it is', async () => {
  directory = join(parent, 'file');
  writeFileSync(directory, 'mine');
  expect(await write({ two: '2' })).toMatchObject({ ok: false });
  expect(readFileSync(directory, 'utf8')).toBe('mine');
});
