import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ignoreNothing, parseIgnoreFile, type Source } from '@prism-build/containerfile';
import { readComponent } from '../../src/inference/read/component';
import { listExecutables } from '../../src/workspace/stage/executables';
import { noFacts } from '../../src/workspace/stage/facts';
import { openFiles } from '../../src/workspace/stage/files';

const root = fs.mkdtempSync(join(tmpdir(), 'executables-'));
afterAll(() => fs.rmSync(root, { recursive: true }));
const write = (path: string, mode = 0o644) => {
  const absolute = join(root, path);
  fs.mkdirSync(dirname(absolute), { recursive: true });
  fs.writeFileSync(absolute, '');
  fs.chmodSync(absolute, mode);
};
const sources = (...paths: string[]): Source[] =>
  paths.map((path) => ({ kind: 'path', path, glob: false, directory: false }));
const list = (context: string, paths: string[], rules = ignoreNothing) =>
  listExecutables(context, sources(...paths), rules, openFiles(root, noFacts));

beforeAll(() => {
  for (const path of ['a/run', 'a/bin/tool', 'a/bin/[x]', 'a/cache/big', 'b/other']) write(path, 0o755);
  write('a/notes');
  write('a/bin/group', 0o674);
  fs.symlinkSync('run', join(root, 'a/link'));
});

test('files of a context whose owner may execute them, by path, directory and pattern', () => {
  expect(list('a', ['run', 'notes', 'link', 'absent'])).toEqual(['run']);
  expect(list('a', ['.'])).toEqual(['bin/[x]', 'bin/tool', 'cache/big', 'run']);
  expect(list('a', ['*/t*', 'r?n'])).toEqual(['bin/tool', 'run']);
  expect(list('a', ['bin/\\[x\\]'])).toEqual(['bin/[x]']);
  expect(list('.', ['b', 'a/run'])).toEqual(['a/run', 'b/other']);
  expect(list('../outside', ['.'])).toEqual([]);
});

test('what an ignore file leaves out does not count, what it brings back does', () => {
  const rules = parseIgnoreFile('cache\nbin\n!bin/tool\n', '.containerignore');
  if (!rules.ok) throw new Error('not read');
  expect(list('a', ['.'], rules.value)).toEqual(['bin/tool', 'run']);
});

test('many are a digest, and too many are not looked at', () => {
  for (let index = 0; index < 40; index++) write(`many/${index}`, 0o755);
  const before = list('many', ['.']);
  expect(before).toEqual([expect.stringMatching(/^40 files, sha256:[0-9a-f]{64}$/)]);
  fs.renameSync(join(root, 'many/0'), join(root, 'many/x'));
  expect(list('many', ['.'])).not.toEqual(before);
  const entries = Array.from({ length: 10_001 }, (_, name) => ({ name: `${name}`, kind: 'file' as const }));
  const crowd = { ...openFiles(root, noFacts), isExecutable: () => true, list: () => entries };
  const kinds = {
    ...crowd,
    kindOf: (path: string) => (path === '' ? ('directory' as const) : ('file' as const)),
  };
  expect(listExecutables('.', sources('.'), ignoreNothing, kinds)).toBeUndefined();
});

test('an octal --chmod says the modes itself, a symbolic one starts from those that files have', () => {
  const text =
    'FROM scratch\nCOPY a /\nCOPY --chmod=0755 b /\nADD c /\nCOPY --chmod=go+rX d /\nCOPY --parents --chmod=u+w e/./**/f /\n';
  const component = readComponent(text, 'Containerfile', {
    platforms: ['linux/amd64'],
    buildArgs: {},
    target: undefined,
  });
  expect(component).toMatchObject({ value: { modes: ['a', 'c', 'd', 'e'].map((path) => ({ path })) } });
});
