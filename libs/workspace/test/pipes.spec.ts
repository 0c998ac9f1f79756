import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { noFacts, openFiles, readBelow } from '../src/index';

const directory = fs.mkdtempSync(join(tmpdir(), 'prism-pipes-'));
afterAll(() => fs.rmSync(directory, { recursive: true, force: true }));

test('nothing opens a pipe, which would wait without end, not even behind a link', () => {
  execFileSync('mkfifo', [join(directory, 'pipe')]);
  fs.symlinkSync('pipe', join(directory, 'link'));
  fs.symlinkSync('.', join(directory, 'around'));
  const files = openFiles(directory, noFacts);
  for (const path of ['pipe', 'link', 'around/pipe']) {
    expect(files.text(path)).toBeUndefined();
    expect(files.contentsOf(path)).toBe('');
    expect(files.facts(path, 'text', (text) => text)).toBeUndefined();
    expect(readBelow(directory)(path)).toBeUndefined();
  }
});
