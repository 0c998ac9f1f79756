import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { markProcess, mayRun } from '../src';

test('a process runs until it has ended', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  const mark = markProcess(child.pid);
  expect(mayRun(mark)).toBe(true);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(mayRun(mark)).toBe(false);
});

test('another process with the same ID is not taken for it', () => {
  const [id, started = '', space] = markProcess().split('.');
  expect(mayRun(markProcess())).toBe(true);
  if (existsSync('/proc/self/stat')) expect(mayRun([id, `${started}1`, space].join('.'))).toBe(false);
});

test('a process of another namespace, and a mark of another form, may run', () => {
  const [id, started] = markProcess().split('.');
  expect(mayRun([id, `${started}1`, '1'].join('.'))).toBe(true);
  expect(mayRun('someone')).toBe(true);
});
