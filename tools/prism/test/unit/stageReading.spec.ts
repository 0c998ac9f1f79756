import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { makeRepository, type Repository } from '../exactness/workspace';

/** A Go component that copies its directory, and what is added to it. */
const stage = (...copies: string[]) =>
  `FROM golang:1.2.3 AS compile\nWORKDIR /src\n${copies.map((line) => `COPY ${line}\n`).join('')}RUN ["compile-go","./cmd/x"]\nFROM scratch\nCOPY --from=compile /out/x /x\n`;
const sources = {
  'svc/go.mod': 'module m\n',
  'svc/cmd/x/main.go': 'package main\n\nimport _ "m/lib"\n',
  'svc/lib/lib.go': 'package lib\n',
  'svc/lib/lib_test.go': 'package lib\n',
  'svc/idle/idle.go': 'package idle\n',
  'svc/README.md': '',
};
const open: Repository[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.remove();
});

function make(files: Readonly<Record<string, string>>): Repository {
  const repository = makeRepository({ ...sources, ...files });
  open.push(repository);
  return repository;
}
async function keyOf(repository: Repository, name = 'svc') {
  const key = (await repository.keys()).get(name);
  if (!key) throw new Error(`${name} compiles nothing`);
  const files = key.files.filter((file) => !/Containerfile|ignore$/.test(file));
  return { files, why: /because (.*)/.exec(key.description)?.[1] };
}
const narrow = ['svc/cmd/x/main.go', 'svc/go.mod', 'svc/lib/lib.go'];

test.each([
  [['. .']],
  [['. /src']],
  [['go.mod ./', 'cmd cmd', 'lib ./lib/']],
  [['go.* ./', 'cmd lib idle README.md /src/', 'cmd /src/cmd', 'lib /src/lib']],
  [['go.mod .', 'cmd/x/main.go cmd/x/', 'lib/lib.go lib/lib.go']],
  [['. /', '. .']],
])('COPY %j: what the compiler reads', async (copies) => {
  expect(await keyOf(make({ 'svc/Containerfile': stage(...copies) }))).toEqual({
    files: narrow,
    why: undefined,
  });
});

test.each([
  ['--exclude=*.md . .', /line 3 copies more than/],
  ['--parents . .', /line 3 copies more than/],
  ['*/x cmd/x', /wildcards in the middle/],
])('COPY %s: all that it takes', async (copy, why) => {
  expect((await keyOf(make({ 'svc/Containerfile': stage(copy) }))).why).toMatch(why);
});

test('carriage returns everywhere', async () => {
  const files = Object.entries({ ...sources, 'svc/Containerfile': stage('. .') });
  const repository = make(
    Object.fromEntries(files.map(([file, text]) => [file, text.replaceAll('\n', '\r\n')])),
  );
  expect((await keyOf(repository)).files).toEqual(narrow);
});

test('what the ignore file leaves out is not there', async () => {
  const repository = make({ 'svc/Containerfile': stage('. .'), 'svc/.containerignore': 'lib\n' });
  expect((await keyOf(repository)).files).toEqual(['svc/cmd/x/main.go', 'svc/go.mod']);
});

test.each([
  ['svc/linked', '-> lib', 'svc/cmd/x/main.go', 'package main\n\nimport _ "m/linked"\n'],
  ['svc/lib/more.go', '-> ../idle/idle.go', '', ''],
  ['svc/go.sum', '-> go.mod', '', ''],
  ['svc/lib/loop.go', '-> loop.go', '', ''],
  [
    'svc/cmd/x/embedded/loop',
    '-> ../embedded',
    'svc/cmd/x/main.go',
    'package main\nimport "embed"\n//go:embed embedded\nvar f embed.FS\n',
  ],
])('behind the link %s nobody looks: all that COPY takes counts', async (link, target, file, text) => {
  const more = { 'svc/Containerfile': stage('. .'), ...(file && { [file]: text }), [link]: target };
  const { why, files } = await keyOf(make(more));
  expect(why).toMatch(/ is a symbolic link$/);
  expect(files).toContain('svc/idle/idle.go');
});

test('links that the compiler does not come across change nothing', async () => {
  const repository = make({
    'svc/Containerfile': stage('. .'),
    'svc/loop': '-> loop',
    'svc/idle/away': '-> /etc',
  });
  expect(await keyOf(repository)).toEqual({ files: narrow, why: undefined });
});

test('names that are not UTF-8, and a hundred thousand files beside the sources', async () => {
  const repository = make({ 'svc/Containerfile': stage('. .') });
  execFileSync('sh', ['-c', 'printf x > "$(printf \'svc/lib/a\\377b\')"'], { cwd: repository.root });
  fs.mkdirSync(join(repository.root, 'svc/data'));
  execFileSync('sh', ['-c', 'seq 100000 | xargs touch'], { cwd: join(repository.root, 'svc/data') });
  expect((await keyOf(repository)).files).toEqual(narrow);
});

test('a changed import is seen at once, though what was said of files is kept', async () => {
  const repository = make({ 'svc/Containerfile': stage('. .') });
  await keyOf(repository);
  repository.write('svc/lib/lib.go', 'package lib\n\nimport _ "m/idle"\n');
  expect((await keyOf(repository)).files).toContain('svc/idle/idle.go');
  repository.write('svc/lib/lib.go', 'package lib\n');
  expect((await keyOf(repository)).files).toEqual(narrow);
});

test('a COPY of the whole workspace is said with file and line, where nothing narrows it', async () => {
  const said: string[] = [];
  const write = jest.spyOn(process.stderr, 'write').mockImplementation((text) => said.push(String(text)) > 0);
  const root = JSON.stringify({ targets: { 'build-image': { options: { context: '.' } } } });
  const image = { 'app/project.json': root, 'app/Containerfile': 'FROM scratch\n\nCOPY . /\n' };
  await make(image).keys();
  await make({ ...image, '.containerignore': 'dist\n' }).keys();
  const compiled = {
    'app/project.json': root,
    'app/Containerfile': stage('. /src').replace('/src', '/src/svc'),
  };
  // Narrowed to what the compiler reads, it takes the whole workspace no more.
  expect((await keyOf(make({ ...compiled, 'svc/lib/lib.go': 'package lib\n' }), 'app')).files).toEqual(
    narrow,
  );
  write.mockRestore();
  expect(said.join('')).toMatch(
    /^app\/Containerfile:3: CONTEXT_NOT_NARROWED: .*\n {2}to do: .*\n {2}more: \S+#context_not_narrowed\n$/,
  );
});
