import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findEmptySubmodules } from '../../../src/cacheable/emptySubmodules';

let repository: string;
beforeEach(() => {
  repository = fs.realpathSync(fs.mkdtempSync(join(tmpdir(), 'prism-submodules-')));
});
afterEach(() => fs.rmSync(repository, { recursive: true, force: true }));

const write = (name: string, text: string) => {
  fs.mkdirSync(dirname(join(repository, name)), { recursive: true });
  fs.writeFileSync(join(repository, name), text);
};

/** A workspace at `below` of a repository with the submodule third, which lies empty. */
function find(copy: string, { below = '', ignored = '', step = 'image' } = {}) {
  const root = join(repository, below);
  const third = join(below, 'svc/third');
  fs.mkdirSync(join(repository, '.git'), { recursive: true });
  write('.gitmodules', `[submodule "third"]\n\tpath = ${third}\n[submodule "other"]\n\tpath = elsewhere\n`);
  fs.mkdirSync(join(repository, third), { recursive: true });
  write(join(below, 'svc/own'), '');
  write(join(below, 'svc/.dockerignore'), ignored);
  const compile = `FROM localhost/base-go-builder AS compile\n${copy}\nRUN ["compile-go", "."]\nFROM scratch\n`;
  write(
    join(below, 'svc/Containerfile'),
    step === 'compile' ? `${compile}COPY --from=compile /out /\n` : `FROM scratch\n${copy}\n`,
  );
  const options = {
    step: step as 'image',
    containerfile: 'svc/Containerfile',
    context: 'svc',
    platforms: ['linux/amd64', 'linux/arm64'],
    buildArgs: {},
    compression: 'zstd' as const,
  };
  return findEmptySubmodules(root, options as never);
}

const refusal = {
  code: 'SUBMODULE_NOT_INITIALISED',
  what: 'COPY takes svc/third, a git submodule whose files are not here',
  remedy: expect.stringContaining('`git submodule update --init svc/third`'),
  at: { file: 'svc/Containerfile', line: 2 },
};

test.each(['COPY third /x', 'COPY own third/lib /x/', 'COPY third/*.c /x/', 'COPY . /x', 'ADD t* /x/'])(
  '%s is refused once while the submodule is empty',
  (copy) => {
    expect(find(copy)).toEqual({ needed: [expect.objectContaining(refusal)], contained: [] });
    expect(find(copy, { below: 'apps/ws' }).needed).toEqual([expect.objectContaining(refusal)]);
  },
);

test('what is not taken, what the ignore file names, and what has files are no matter', () => {
  expect(find('COPY own /x')).toEqual({ needed: [], contained: [] });
  expect(find('COPY . /x', { ignored: 'third\n' })).toEqual({ needed: [], contained: [] });
  write('svc/third/lib.c', '');
  expect(find('COPY . /x')).toEqual({ needed: [], contained: [] });
});

test('an empty submodule of a submodule is found, and the command names the outer one', () => {
  write('svc/third/.gitmodules', '[submodule "inner"]\n\tpath = deep/inner\n');
  fs.mkdirSync(join(repository, 'svc/third/deep/inner'), { recursive: true });
  const what = 'COPY takes svc/third/deep/inner, a git submodule whose files are not here';
  const remedy = expect.stringContaining('`git submodule update --init --recursive svc/third`');
  expect(find('COPY . /x').needed).toEqual([expect.objectContaining({ what, remedy })]);
  expect(find('COPY own /x').needed).toEqual([]);
});

test('a compiler may do without a submodule that COPY takes among others', () => {
  expect(find('COPY . /x', { step: 'compile' })).toEqual({
    needed: [],
    contained: [expect.objectContaining(refusal)],
  });
  expect(find('COPY third /x', { step: 'compile' }).needed).toHaveLength(1);
});
