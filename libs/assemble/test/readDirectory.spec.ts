import { execFileSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseIgnoreFile } from '@prism-build/containerfile';
import { copyInto, readDirectory } from '../src/index';
import { codes, noRules, withFiles } from './support';

async function paths(
  files: Record<string, string>,
  roots: readonly string[],
  ignore = '',
): Promise<string[]> {
  const rules = parseIgnoreFile(ignore, '.containerignore');
  return withFiles(files, (directory) => {
    const tree = readDirectory(directory, roots, rules.ok ? rules.value : noRules);
    return tree.ok ? [...tree.value.keys()] : codes(tree);
  });
}

const files = { 'a/f': '1', 'b/g': '2', 'b/link': '-> ../a/f', c: '-> b' };

test('reads what is asked for, with the directories above it', async () => {
  expect(await paths(files, ['a/f'])).toEqual(['a', 'a/f']);
  expect(await paths(files, [''])).toEqual(['a', 'a/f', 'b', 'b/g', 'b/link', 'c']);
  expect(await paths(files, ['none', 'a/f/below'])).toEqual([]);
});

test('reads what links lead to', async () => {
  expect(await paths(files, ['b/link'])).toEqual(['a', 'a/f', 'b', 'b/link']);
  expect(await paths(files, ['c/g'])).toEqual(['b', 'b/g', 'c']);
  expect(await paths(files, ['c/g', 'c'])).toEqual(['a', 'a/f', 'b', 'b/g', 'b/link', 'c']);
});

test('never reads outside of the directory', async () => {
  const outside = { 'in/up': '-> ../../../etc/hostname', 'in/abs': '-> /etc', 'in/self': '-> self' };
  expect(await paths(outside, ['in', 'in/abs/hostname', '../../etc/hostname'])).toEqual([
    'in',
    'in/abs',
    'in/self',
    'in/up',
  ]);
});

test('obeys the ignore file, and keeps the directories of what it brings back', async () => {
  expect(await paths(files, [''], 'b\n!b/g\n')).toEqual(['a', 'a/f', 'b', 'b/g', 'c']);
});

test('modes are those of git, whatever the umask', async () => {
  await withFiles({ x: '', 'd/y': '' }, (directory) => {
    chmodSync(join(directory, 'x'), 0o4711);
    chmodSync(join(directory, 'd/y'), 0o600);
    chmodSync(join(directory, 'd'), 0o700);
    const tree = readDirectory(directory, [''], noRules);
    const modes = tree.ok && [...tree.value].map(([path, { mode }]) => `${path} ${mode.toString(8)}`);
    expect(modes).toEqual(['d 755', 'd/y 644', 'x 755']);
  });
});

test('a name that is not UTF-8 is a failure, a pipe is not opened, and no copy takes it', async () => {
  await withFiles({ plain: '' }, (directory) => {
    execFileSync('mkfifo', [join(directory, 'pipe')]);
    const read = readDirectory(directory, [''], noRules);
    const at = { file: 'Containerfile', line: 3 };
    const copy = (sources: string[]) =>
      read.ok && copyInto(new Map(), read.value, { sources, destination: '/app/', at });
    expect(copy(['.'])).toMatchObject({
      failures: [{ code: 'COPY_SOURCE_PIPE', what: expect.stringContaining('/app/pipe would be'), at }],
    });
    expect(copy(['plain'])).toMatchObject({ ok: true });
    const ignored = parseIgnoreFile('pipe', '.containerignore');
    expect(ignored.ok && readDirectory(directory, [''], ignored.value)).toMatchObject({
      value: new Map([['plain', expect.anything()]]),
    });
    writeFileSync(Buffer.concat([Buffer.from(`${directory}/`), Buffer.from([0xff])]), '');
    expect(codes(readDirectory(directory, [''], noRules))).toEqual(['PATH_NOT_UTF8']);
  });
});
