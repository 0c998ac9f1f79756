import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ignoreNothing, parseIgnoreFile, type Source } from '@prism-build/containerfile';
import { listUnhashed, listUnhashedParts, noFacts, openFiles } from '@prism-build/workspace';
import { hashFile } from 'nx/src/native';
import { readComponent } from '../support/readComponent';

let root: string;
beforeEach(() => {
  root = fs.mkdtempSync(join(tmpdir(), 'unhashed-'));
  for (const path of ['a/run', 'a/bin/tool', 'a/bin/[x]', 'a/cache/big', 'b/other']) write(path, 0o755);
  write('a/notes');
  write('a/bin/group', 0o674);
  fs.symlinkSync('run', join(root, 'a/link'));
});
afterEach(() => fs.rmSync(root, { recursive: true }));

const write = (path: string, mode = 0o644, text = '') => {
  const absolute = join(root, path);
  fs.mkdirSync(dirname(absolute), { recursive: true });
  fs.writeFileSync(absolute, text);
  fs.chmodSync(absolute, mode);
  // As after a write: chmod sets the other time only.
  settle(path);
};
/** Writes the same content again, so both times are those of the write. */
const settle = (path: string) => fs.writeFileSync(join(root, path), fs.readFileSync(join(root, path)));
const sources = (...paths: string[]): Source[] =>
  paths.map((path) => ({ kind: 'path', path, glob: false, directory: false }));
const read = (context: string, paths: string[], rules = ignoreNothing, modes = paths) =>
  listUnhashed({ context, rules, files: openFiles(root, noFacts) }, sources(...paths), sources(...modes));
const facts = (...args: Parameters<typeof read>) => read(...args).facts;

test('files whose owner may execute them, by path, directory and pattern', () => {
  expect(facts('a', ['run', 'notes', 'absent'])).toEqual(['run*']);
  expect(facts('a', ['.'])).toEqual(['"bin/[x]"*', 'bin/tool*', 'cache/big*', 'link -> run', 'run*']);
  expect(facts('a', ['*/t*', 'r?n'])).toEqual(['bin/tool*', 'run*']);
  expect(facts('a', ['bin/\\[x\\]'])).toEqual(['"bin/[x]"*']);
  expect(facts('.', ['b', 'a/run'])).toEqual(['a/run*', 'b/other*']);
  expect(facts('a', ['bin', 'run'], ignoreNothing, ['run'])).toEqual(['run*']);
});

test('what an ignore file leaves out does not count, what it brings back does', () => {
  const rules = parseIgnoreFile('cache\nbin\nlink\n!bin/tool\n', '.containerignore');
  if (!rules.ok) throw new Error('not read');
  expect(facts('a', ['.'], rules.value)).toEqual(['bin/tool*', 'run*']);
});

test('where links lead, and that a path is a link', () => {
  const before = facts('a', ['.']);
  const change = (target: string) => {
    fs.rmSync(join(root, 'a/link'));
    fs.symlinkSync(target, join(root, 'a/link'));
    return facts('a', ['.']);
  };
  const seen = [before, ...['notes', 'nowhere', '../b', '/etc/passwd', 'a b'].map(change)];
  expect(new Set(seen.map(String)).size).toBe(seen.length);
  expect(seen.at(-1)).toContain('link -> "a b"');
  fs.rmSync(join(root, 'a/link'));
  write('a/link');
  expect(facts('a', ['.'])).toEqual(before.filter((fact) => !fact.startsWith('link')));
});

test('directories that nothing is read of', () => {
  const plain = facts('a', ['.']);
  fs.mkdirSync(join(root, 'a/logs/deep'), { recursive: true });
  expect(facts('a', ['.'])).toEqual([...plain, 'logs/deep/'].sort());
  write('a/logs/deep/x.log');
  expect(facts('a', ['.'])).toEqual(plain);
  const rules = parseIgnoreFile('**/*.log\n', '.containerignore');
  expect(facts('a', ['.'], rules.ok ? rules.value : ignoreNothing)).toEqual([...plain, 'logs/deep/'].sort());
});

test('names that look like other facts stand in quotes', () => {
  write('odd/x -> y', 0o755);
  fs.symlinkSync('y*', join(root, 'odd/x'));
  expect(facts('odd', ['.'])).toEqual(['"x -> y"*', 'x -> "y*"']);
});

test('many facts are numbers and a digest', () => {
  for (let index = 0; index < 40; index++) write(`many/${index}`, 0o755);
  fs.mkdirSync(join(root, 'many/empty'));
  const before = facts('many', ['.']);
  expect(before).toEqual([
    expect.stringMatching(/^40 executable files, 0 links, 1 empty directory, sha256:[0-9a-f]{64}$/),
  ]);
  fs.renameSync(join(root, 'many/0'), join(root, 'many/x'));
  expect(facts('many', ['.'])).not.toEqual(before);
});

test('contents that Nx passes over count, and what changes with every command has no key', () => {
  write('m/node_modules/x/index.js', 0o644, '1');
  write('m/index.js');
  const before = read('m', ['.']);
  expect(before).toEqual({
    facts: [expect.stringMatching(/^1 file that Nx passes over, sha256:/)],
    restamped: [],
    why: undefined,
  });
  write('m/node_modules/x/index.js', 0o644, '2');
  expect(facts('m', ['.'])).not.toEqual(before.facts);
  write('m/.git', 0o644, 'gitdir: elsewhere');
  expect(read('m', ['.']).why).toBeUndefined();
  fs.rmSync(join(root, 'm/.git'));
  write('m/sub/.git/HEAD');
  expect(read('m', ['.']).why).toMatch(
    /m\/sub\/\.git, which changes with every command; a line "\*\*\/\.git"/,
  );
  const rules = parseIgnoreFile('**/.git\n', '.containerignore');
  expect(read('m', ['.'], rules.ok ? rules.value : ignoreNothing).why).toBeUndefined();
});

test('files whose time was set count by their contents, as Nx has them', () => {
  write('t/plain', 0o644, 'x');
  write('t/set', 0o644, 'x');
  const set = (path: string) => fs.utimesSync(join(root, path), 1e9, 1e9);
  expect(read('t', ['.']).restamped).toEqual([]);
  set('t/set');
  expect(read('t', ['.']).restamped).toEqual([{ path: 't/set', contents: hashFile(join(root, 't/set')) }]);
  const request = { context: 't', rules: ignoreNothing, files: openFiles(root, noFacts), every: true };
  expect(listUnhashed(request, sources('.'), []).restamped.map(({ path }) => path)).toEqual([
    't/plain',
    't/set',
  ]);
});

test('files of a renamed directory, of a second name and with a backslash count by their contents, too', () => {
  for (const name of ['v1/d/f', 'v2/d/f', 'one', 'w\\ith']) write(`t/${name}`, 0o644, name);
  fs.linkSync(join(root, 't/one'), join(root, 'b/two'));
  fs.renameSync(join(root, 't/v2'), join(root, 't/v3'));
  // A write through the other name sets both times, as any write does.
  write('b/two', 0o644, 'other');
  const { facts, restamped } = read('t', ['.']);
  expect(restamped.map(({ path }) => path)).toEqual(['t/one', 't/v3/d/f']);
  expect(facts).toEqual([expect.stringMatching(/^1 file that Nx passes over, sha256:/)]);
});

test('the parts that a compiler reads', () => {
  write('svc/lib/a.go', 0o755);
  write('svc/lib/a_test.go');
  write('svc/lib/notes');
  write('svc/crate/build', 0o755);
  for (const name of ['a.go', 'a_test.go', 'notes']) fs.utimesSync(join(root, 'svc/lib', name), 1e9, 1e9);
  const rules = parseIgnoreFile('crate/x\n', '.containerignore');
  const found = listUnhashedParts(
    { context: 'svc', rules: rules.ok ? rules.value : ignoreNothing, files: openFiles(root, noFacts) },
    [
      { kind: 'files', path: 'svc/lib', names: '*.go' },
      { kind: 'tree', path: 'svc/crate' },
      { kind: 'file', path: 'svc/absent' },
    ],
    ['_test.go'],
  );
  expect(found.facts).toEqual(['svc/crate/build*']);
  expect(found.restamped.map(({ path }) => path)).toEqual(['svc/lib/a.go']);
});

test('an octal --chmod says the modes itself, a symbolic one starts from those that files have', () => {
  const text =
    'FROM scratch\nCOPY a /\nCOPY --chmod=0755 b /\nADD c /\nCOPY --chmod=go+rX d /\nCOPY --parents --chmod=u+w e/./**/f /\n';
  const component = readComponent(text, 'Containerfile', { platforms: ['linux/amd64'] });
  expect(component).toMatchObject({ value: { modes: ['a', 'c', 'd', 'e'].map((path) => ({ path })) } });
});
