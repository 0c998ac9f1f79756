import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startApart } from '../src';

const directory = mkdtempSync(join(tmpdir(), 'prism-apart-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test('the command is no descendant of this process, and its words are passed as they are', async () => {
  const file = join(directory, 'told');
  const script = 'echo "$PPID $1" > "$2.new"; mv "$2.new" "$2"';
  const argv = ['sh', '-c', `sleep 0.2; ${script}`, 'sh', 'a "b" $c;', file] as const;
  expect((await startApart({ argv, env: { PATH: process.env.PATH! } })).ok).toBe(true);
  while (!existsSync(file)) await new Promise((resolve) => setTimeout(resolve, 20));
  const [parent, ...words] = readFileSync(file, 'utf8').trim().split(' ');
  expect(words.join(' ')).toBe('a "b" $c;');
  // Of init, or of whichever process takes orphans here.
  expect(Number(parent)).not.toBe(process.pid);
});
