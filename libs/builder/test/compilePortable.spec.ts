import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ok } from '@prism-build/errors';
import { type CompileRequest, languages } from '@prism-build/languages';
import type { CompilePlan } from '@prism-build/plan';
import type { Finished } from '@prism-build/shell';
import { compilePortable } from '../src/compile/compilePortable';

let root: string;
beforeEach(() => {
  root = fs.mkdtempSync(join(tmpdir(), 'prism-portable-'));
});
afterEach(() => {
  fs.rmSync(root, { recursive: true, force: true });
});

const rust = languages.find(({ name }) => name === 'rust')!;
const target = { os: 'linux', architecture: 'amd64' };
const plan = { containerfile: 'svc/Containerfile', line: 3 } as CompilePlan;

/** A compile by a cargo that writes this text for a program; each call's flags are listed. */
async function compile(program: (flags: string) => string, main = 'fn main() {}') {
  const request = {
    recognised: { language: 'rust', units: ['box'], flags: { package: 'box' } },
    targets: [target],
    directories: {
      ...{ source: join(root, 'source'), working: join(root, 'source'), cache: join(root, 'cache') },
      ...{ home: join(root, 'home'), scratch: join(root, 'out/scratch') },
    },
    toolchain: { command: '/usr/bin/cargo', root: '/usr' },
    ...{ environment: () => ({}), contains: () => false, text: () => undefined },
    ...{ version: '1.96.0', cores: 1, out: () => join(root, 'out/linux-amd64') },
  } satisfies Omit<CompileRequest, 'remapsSource'>;
  for (const directory of [request.directories.scratch, request.out()])
    fs.mkdirSync(directory, { recursive: true });
  const calls: string[] = [];
  const compiler = {
    toolchain: request.toolchain,
    compile: async (call: { env: Readonly<Record<string, string>> }) => {
      const flags = call.env.CARGO_ENCODED_RUSTFLAGS;
      // The call that adds the list of crates to the finished program.
      if (flags === undefined) return ok({ stdout: '', stderr: '' } as unknown as Finished);
      calls.push(flags);
      const { from } = rust.compiler.placements!({ ...request, remapsSource: false })[0]!;
      fs.mkdirSync(dirname(from), { recursive: true });
      fs.writeFileSync(from, program(calls.at(-1)!));
      return ok({ stdout: '', stderr: '' } as unknown as Finished);
    },
  } as unknown as Parameters<typeof compilePortable>[0];
  const sources = {
    digests: new Map([['src/main.rs', 'x']]),
    text: () => main,
    placeOf: (path: string) => `svc/${path}`,
  };
  const done = await compilePortable(compiler, rust, request, {
    ...{ sources, plan, marker: join(root, 'remaps') },
  });
  const remapped = calls.map((flags) => flags.includes(`--remap-path-prefix=${root}/source=/`));
  return { remapped, failures: done.ok ? [] : done.failures };
}

/** What rustc writes for a crate beside the workspace. */
const absolute = (flags: string) => {
  const replaced = flags.includes(`--remap-path-prefix=${root}/source=/`);
  return `\x7fELF\0${replaced ? '' : `${root}/source`}/lib/word/src/lib.rs\0`;
};

test('a program without paths is compiled once, with the flags that all projects share', async () => {
  expect(await compile(() => '\x7fELF\0src/main.rs')).toEqual({ remapped: [false], failures: [] });
});

test('a program that names the sources is compiled again without them, and from then on at once', async () => {
  expect(await compile(absolute)).toEqual({ remapped: [false, true], failures: [] });
  expect(await compile(absolute)).toEqual({ remapped: [true], failures: [] });
});

test.each([
  'source/svc/templates',
  'cache/cargo/registry/src/a/b.c',
  'cache/cargo-units/release/build/x/out',
])('a program that keeps %s is refused', async (path) => {
  const main = '// env!("CARGO_MANIFEST_DIR")\nconst A: &str = env!("CARGO_MANIFEST_DIR");\n';
  const { failures } = await compile(() => `\0${root}/${path}\0more`, main);
  expect(failures).toMatchObject([
    {
      code: 'PATH_IN_PROGRAM',
      what: `/out/box contains the path ${root}/${path}`,
      at: { file: 'svc/src/main.rs', line: 2 },
    },
  ]);
});

test('the place is RUN where a dependency writes the path', async () => {
  const main = 'const A: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/a"));\n';
  const { failures } = await compile(() => `${root}/source`, main);
  expect(failures.map(({ at }) => at)).toEqual([{ file: 'svc/Containerfile', line: 3 }]);
});
