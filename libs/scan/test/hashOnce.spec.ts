import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestOf } from '@prism-build/oci';
import { hashOnce, LARGE } from '../src/hashOnce';

const root = mkdtempSync(join(tmpdir(), 'prism-hash-'));
const [file, kept] = [join(root, 'file'), join(root, 'kept')];
const now = Date.now();
const large = (letter: string) => letter.repeat(LARGE);
afterEach(() => jest.restoreAllMocks());
afterAll(() => rmSync(root, { recursive: true, force: true }));

const stored = () => {
  try {
    return readdirSync(kept).length;
  } catch {
    return 0;
  }
};

test('a digest is stored when the file has settled, and an equal size and mtime do not hide a change', async () => {
  writeFileSync(file, large('a'));
  expect(await hashOnce(file, kept)).toBe(digestOf(Buffer.from(large('a'))));
  expect(stored()).toBe(0);
  jest.spyOn(Date, 'now').mockReturnValue(now + 60_000);
  expect(await hashOnce(file, kept)).toBe(digestOf(Buffer.from(large('a'))));
  expect(stored()).toBe(1);
  expect(await hashOnce(file, kept)).toBe(digestOf(Buffer.from(large('a'))));
  utimesSync(file, 1, 1);
  writeFileSync(file, large('b'));
  utimesSync(file, 1, 1);
  expect(await hashOnce(file, kept)).toBe(digestOf(Buffer.from(large('b'))));
});

test('a stored digest that was altered does not count', async () => {
  jest.spyOn(Date, 'now').mockReturnValue(now + 60_000);
  writeFileSync(file, large('c'));
  await hashOnce(file, kept);
  for (const name of readdirSync(kept)) writeFileSync(join(kept, name), '{}');
  expect(await hashOnce(file, kept)).toBe(digestOf(Buffer.from(large('c'))));
});

test('nothing is stored for a small file', async () => {
  jest.spyOn(Date, 'now').mockReturnValue(now + 60_000);
  const before = stored();
  writeFileSync(file, large('d').slice(1));
  expect(await hashOnce(file, kept)).toBe(digestOf(Buffer.from(large('d').slice(1))));
  expect(stored()).toBe(before);
});
