import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { failed, ok, shellFailure } from '@prism-build/errors';
import { buildSync } from 'esbuild';
import { withLock } from '../src/index';

const directory = mkdtempSync(join(tmpdir(), 'prism-lock-'));
const program = join(directory, 'hold.cjs');
let count = 0;
const fresh = () => join(directory, `${++count}`);

beforeAll(() => {
  const entry = join(__dirname, 'child', 'hold.ts');
  buildSync({ entryPoints: [entry], outfile: program, bundle: true, platform: 'node', format: 'cjs' });
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const start = (...args: string[]): ChildProcess =>
  spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });

test('gives what the work gives, and the lock back, whatever the work does', async () => {
  const lock = join(fresh(), 'deep', 'x.lock');
  expect(await withLock(lock, async () => ok(existsSync(lock)))).toEqual(ok(true));
  const failure = failed(shellFailure('COMMAND_TIMED_OUT', { what: 'no' }));
  expect(await withLock(lock, async () => failure)).toEqual(failure);
  await expect(withLock(lock, () => Promise.reject(new Error('mistake')))).rejects.toThrow('mistake');
  expect(existsSync(lock)).toBe(false);
});

test('who waits too long is told which lock, and the holder keeps it', async () => {
  const lock = `${fresh()}.lock`;
  const result = await withLock(lock, async () => ok(await withLock(lock, async () => ok(1), 200)));
  expect(result).toMatchObject({
    ok: true,
    value: {
      ok: false,
      failures: [{ code: 'LOCK_TIMED_OUT', what: `cannot get the lock ${lock}` }],
    },
  });
});

test('a place that cannot be written is a failure, not an exception', async () => {
  const file = fresh();
  writeFileSync(file, '');
  expect(await withLock(join(file, 'x.lock'), async () => ok(1), 200)).toMatchObject({ ok: false });
});

test('two processes are never inside at once', async () => {
  const file = fresh();
  writeFileSync(file, '0');
  const children = [1, 2].map(() => start(`${file}.lock`, file, 'count', '20'));
  const statuses = await Promise.all(children.map(async (child) => (await once(child, 'exit'))[0]));
  expect(statuses).toEqual([0, 0]);
  expect(readFileSync(file, 'utf8')).toBe('40');
});

test('a holder that was killed is replaced', async () => {
  const lock = `${fresh()}.lock`;
  const child = start(lock, '', 'forever');
  await once(child.stdout!, 'data');
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(existsSync(lock)).toBe(true);
  expect(await withLock(lock, async () => ok('mine'), 20_000)).toEqual(ok('mine'));
});
