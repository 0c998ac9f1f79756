import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ContextSource, Source } from '@prism-build/containerfile';
import { noFacts, openFiles } from '@prism-build/workspace';
import { followSources } from '../../src/inference/read/links';
import { listTaken } from '../../src/inference/read/takes';

const context = fs.mkdtempSync(join(tmpdir(), 'prism-links-'));
afterAll(() => fs.rmSync(context, { recursive: true, force: true }));

beforeAll(() => {
  fs.mkdirSync(join(context, 'real/below'), { recursive: true });
  fs.mkdirSync(join(context, 'd'));
  for (const [name, target] of Object.entries({
    one: 'real',
    two: 'one',
    up: '../../real',
    absolute: '/real',
    loop: 'loop',
    deeper: 'deeper/x',
    dead: 'nothing',
    'd/out': '../real/below',
  }))
    fs.symlinkSync(target, join(context, name));
});

const paths = (...sources: string[]) =>
  followSources(
    '.',
    sources.map((path): Source => ({ kind: 'path', path, glob: false, directory: false })),
    openFiles(context, noFacts),
  ).map((source) => source.kind === 'path' && source.path);

test.each([
  ['real', ['real']],
  ['one', ['one', 'real']],
  ['one/below/x', ['one/below/x', 'real/below/x']],
  ['two', ['two', 'one', 'real']],
  // A link is never followed out of the context.
  ['up', ['up', 'real']],
  ['absolute', ['absolute', 'real']],
  ['loop', ['loop']],
  ['dead', ['dead', 'nothing']],
  ['missing', ['missing']],
  ['d/*', ['d/*', 'real/below']],
  ['d/out/*.txt', ['d/out/*.txt', 'real/below/*.txt']],
  ['.', ['.']],
])('%s reads %j', (path, expected) => {
  expect(paths(path)).toEqual(expected);
});

test('a link into itself ends after as many as the kernel follows', () => {
  const read = paths('deeper/y');
  expect(read).toHaveLength(41);
  expect(read[40]).toBe(`deeper/${'x/'.repeat(40)}y`);
});

test('what a link leads to counts as taken, also if no target has made it yet', () => {
  const source: Source = { kind: 'path', path: 'dead/x', glob: false, directory: false };
  const sources = [{ source, line: 2 } as ContextSource];
  const taken = listTaken('.', sources, openFiles(context, noFacts), (path) => path === 'nothing/x');
  expect(taken).toEqual([
    { path: 'dead/x', line: 2, ignored: false },
    { path: 'nothing/x', line: 2, ignored: true },
  ]);
});
