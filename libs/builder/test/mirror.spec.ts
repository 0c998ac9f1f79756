import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readDirectory, type Tree } from '@prism-build/assemble';
import { ignoreNothing } from '@prism-build/containerfile';
import { hideRepository, mirrorTree } from '../src/mirror';

let base: string;
let context: string;
let mirror: string;
let manifest: string;

beforeEach(() => {
  base = fs.mkdtempSync(join(tmpdir(), 'prism-mirror-'));
  [context, mirror, manifest] = ['context', 'mirror', 'mirror.json'].map((name) => join(base, name)) as [
    string,
    string,
    string,
  ];
  fs.mkdirSync(context);
});
afterEach(() => fs.rmSync(base, { recursive: true, force: true }));

const write = (path: string, text: string, mode = 0o644) => {
  fs.mkdirSync(dirname(join(context, path)), { recursive: true });
  fs.writeFileSync(join(context, path), text);
  fs.chmodSync(join(context, path), mode);
};
const remove = (path: string) => fs.rmSync(join(context, path), { recursive: true });
function tree(): Tree {
  const read = readDirectory(context, [''], ignoreNothing);
  if (!read.ok) throw new Error(JSON.stringify(read.failures));
  return read.value;
}
const run = () => mirrorTree(tree(), mirror, manifest);
/** Everything below a directory, a line each. */
function list(directory: string, below = ''): string[] {
  return fs.readdirSync(join(directory, below)).flatMap((name) => {
    const path = join(below, name);
    const stat = fs.lstatSync(join(directory, path));
    if (stat.isSymbolicLink()) return [`${path} -> ${fs.readlinkSync(join(directory, path))}`];
    if (stat.isDirectory()) return [`${path}/`, ...list(directory, path)];
    return [`${path} ${(stat.mode & 0o777).toString(8)} ${fs.readFileSync(join(directory, path), 'utf8')}`];
  });
}
const time = (path: string) => fs.statSync(join(mirror, path)).mtimeMs;

test('holds exactly what the tree holds, through all changes of kind', () => {
  const states: (() => void)[] = [
    () => [write('a/b/c', 'one'), write('x', 'x', 0o755)],
    () => [remove('a'), write('a', 'now a file')],
    () => [remove('a'), fs.symlinkSync('x', join(context, 'a'))],
    () => [remove('a'), write('a/deep/file', 'a directory again')],
    () => [remove('a/deep'), fs.symlinkSync('../x', join(context, 'a', 'deep'))],
    () => [remove('x'), fs.mkdirSync(join(context, 'x'))],
    () => [remove('a'), remove('x'), write('z', '')],
  ];
  for (const change of states) {
    change();
    run();
    expect(list(mirror)).toEqual(list(context));
  }
});

test('new content with an old time gets a new time; the same content with a new time keeps its own', () => {
  write('file', 'one');
  run();
  const old = new Date(Date.now() - 3_600_000);
  fs.utimesSync(join(mirror, 'file'), old, old);
  write('file', 'two');
  fs.utimesSync(join(context, 'file'), new Date(0), new Date(0));
  run();
  expect(time('file')).toBeGreaterThan(old.getTime());
  fs.utimesSync(join(mirror, 'file'), old, old);
  write('file', 'two');
  run();
  expect(Math.round(time('file'))).toBe(old.getTime());
});

test('the digest is of content and modes, not of times and places', () => {
  write('file', 'one');
  const first = run();
  write('file', 'one');
  expect(run().digest).toBe(first.digest);
  fs.chmodSync(join(context, 'file'), 0o755);
  const executable = run();
  expect(executable.digest).not.toBe(first.digest);
  expect(list(mirror)).toEqual(['file 755 one']);
  expect(mirrorTree(tree(), join(base, 'elsewhere'), join(base, 'elsewhere.json'))).toEqual(executable);
  remove('file');
  write('other', 'one', 0o755);
  expect(run().digest).not.toBe(executable.digest);
});

test('names sha256 of every file', () => {
  write('go.mod', 'module x\n');
  expect([...run().files]).toEqual([['go.mod', expect.stringMatching(/^[0-9a-f]{64}$/)]]);
});

test.each(['', '{', '[]', 'null', '{"file":1}'])('a manifest that says %j is worth nothing', (text) => {
  write('file', 'one');
  run();
  fs.writeFileSync(manifest, text);
  write('file', 'two');
  run();
  expect(list(mirror)).toEqual(['file 644 two']);
});

test('a mirror that somebody emptied is filled again', () => {
  write('a/file', 'one');
  run();
  fs.rmSync(join(mirror, 'a'), { recursive: true });
  run();
  expect(list(mirror)).toEqual(list(context));
});

test('killed while it wrote, and the edit taken back: the old content returns', () => {
  write('file', 'one');
  write('late', 'one');
  run();
  // Killed before the manifest was written: the files are new, the manifest as the kill left it.
  write('file', 'two');
  const taken = new Map(tree());
  const stop = new Error('killed');
  taken.set('late', {
    ...taken.get('late')!,
    get content(): never {
      throw stop;
    },
  } as never);
  expect(() => mirrorTree(taken, mirror, manifest)).toThrow(stop);
  expect(list(mirror)).toContain('file 644 two');
  write('file', 'one');
  run();
  expect(list(mirror)).toEqual(['file 644 one', 'late 644 one']);
});

test('a program in the mirror does not find the repository above it', () => {
  const git = (directory: string, ...args: string[]) => spawnSync('git', ['-C', directory, ...args]).status;
  write('file', 'one');
  const work = join(base, 'work');
  mirrorTree(tree(), join(work, 'source'), join(work, 'source.json'));
  expect(git(base, 'init', '-q')).toBe(0);
  expect(git(join(work, 'source'), 'rev-parse', '--git-dir')).toBe(0);
  hideRepository(work);
  expect(git(join(work, 'source'), 'rev-parse', '--git-dir')).toBe(128);
  expect(git(base, 'status')).toBe(0);
});
