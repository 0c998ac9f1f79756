import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { attempt, readTextIfThere, runPool, walkDirectory, writeFileAtomic } from '../src/index';

const directory = fs.mkdtempSync(join(tmpdir(), 'prism-files-'));
afterAll(() => fs.rmSync(directory, { recursive: true, force: true }));

test('writes content and mode whatever the umask, makes directories, and leaves nothing else', () => {
  const path = join(directory, 'a', 'b', 'file');
  const before = process.umask(0o077);
  writeFileAtomic(path, 'one');
  writeFileAtomic(path, 'two', 0o755);
  process.umask(before);
  expect(fs.readFileSync(path, 'utf8')).toBe('two');
  expect(fs.statSync(path).mode & 0o777).toBe(0o755);
  expect(fs.readdirSync(join(directory, 'a', 'b'))).toEqual(['file']);
});

test('a write that fails leaves what was there, and no temporary file', () => {
  const path = join(directory, 'taken');
  fs.mkdirSync(join(path, 'full'), { recursive: true });
  expect(() => writeFileAtomic(path, 'x')).toThrow();
  expect(fs.readdirSync(directory).filter((name) => name.startsWith('.tmp'))).toEqual([]);
  expect(fs.existsSync(join(path, 'full'))).toBe(true);
});

test('a walk lists links and does not follow them', () => {
  const path = join(directory, 'tree');
  fs.mkdirSync(join(path, 'a', 'b'), { recursive: true });
  fs.writeFileSync(join(path, 'a', 'b', 'file'), '');
  for (const [name, target] of [
    ['cycle', '.'],
    ['other', 'a'],
    ['nothing', 'none'],
  ] as const)
    fs.symlinkSync(target, join(path, name));
  const found = [...walkDirectory(path)].map((one) => one.path);
  expect(found.sort()).toEqual(['a', 'a/b', 'a/b/file', 'cycle', 'nothing', 'other']);
});

test('nothing is not the same as something unreadable', () => {
  expect(readTextIfThere(join(directory, 'none'))).toBeUndefined();
  fs.writeFileSync(join(directory, 'file'), 'x');
  expect(readTextIfThere(join(directory, 'file', 'below'))).toBeUndefined();
  expect(() => readTextIfThere(directory)).toThrow('EISDIR');
});

test.each([
  ['ENOSPC', 'DISK_FULL'],
  ['EDQUOT', 'DISK_FULL'],
  ['ENOENT', 'FILE_UNREADABLE'],
  ['EACCES', 'FILE_UNWRITABLE'],
])('%s is %s', async (code, expected) => {
  const error = Object.assign(new Error(`${code}: no`), { code });
  const done = await attempt('cannot do it', () => Promise.reject(error));
  expect(done).toMatchObject({
    ok: false,
    failures: [{ code: expected, what: 'cannot do it', why: `${code}: no` }],
  });
});

test('a pool keeps to its limit and to the order', async () => {
  let running = 0;
  let most = 0;
  const outputs = await runPool([5, 1, 4, 2, 3], 2, async (item) => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setTimeout(resolve, item));
    running--;
    return item * 10;
  });
  expect([outputs, most]).toEqual([[50, 10, 40, 20, 30], 2]);
  expect(await runPool([], 0, async () => 1)).toEqual([]);
});
