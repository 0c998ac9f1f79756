import { rust } from '../src/rust';
import { parseManifest } from '../src/rust/manifest';
import { partsOf, read } from './closures';

const argv = ['compile-rust', '--package', 'app'];
const crate = (name: string, more = '') => `[package]\nname = "${name}"\n${more}`;
const workspace = {
  'Cargo.toml':
    '[workspace]\nmembers = ["crates/*", "app"]\n[workspace.dependencies]\nlib = { path = "crates/lib" }\n',
  'Cargo.lock': '',
  '.cargo/config.toml': '',
  'app/Cargo.toml': crate(
    'app',
    '[dependencies]\nlib.workspace = true\nserde = "1"\n[dev-dependencies]\nidle = { path = "../crates/idle" }\n',
  ),
  'app/src/main.rs': 'fn main() {}',
  'app/README.md': '',
  'app/config.yaml': '',
  'crates/lib/Cargo.toml': crate('lib', '[target.\'cfg(unix)\'.dependencies]\ndeep = { path = "../deep" }\n'),
  'crates/lib/src/lib.rs':
    'const A: &str = include_str!("../data/a");\nconst B: &[u8] = include_bytes!(\n  concat!(env!("CARGO_MANIFEST_DIR"), "/b")\n);',
  'crates/lib/data/a': '',
  'crates/lib/data/c': '',
  'crates/deep/Cargo.toml': crate('deep'),
  'crates/deep/src/lib.rs': '',
  'crates/idle/Cargo.toml': crate(
    'idle',
    '[[bin]]\nname = "tool"\n[[example]]\nname = "e"\npath = "x/e.rs"\n',
  ),
  'crates/idle/src/bin/tool.rs': '',
};

test('a package with its path dependencies; of other members the manifest, and names of what cargo looks for', () => {
  const reading = read(rust, argv, workspace);
  expect(partsOf(reading)).toEqual([
    '.cargo/config.toml',
    'Cargo.lock',
    'Cargo.toml',
    'app/Cargo.toml',
    'app/src/**',
    'crates/deep/Cargo.toml',
    'crates/deep/src/**',
    'crates/idle/Cargo.toml',
    'crates/lib/Cargo.toml',
    'crates/lib/b',
    'crates/lib/data/a',
    'crates/lib/src/**',
  ]);
  expect(reading.closure?.placeholders).toEqual(['crates/idle/src/bin/tool.rs', 'crates/idle/x/e.rs']);
  expect(reading.closure?.uses).toEqual([
    { from: 'app/Cargo.toml', to: 'crates/lib' },
    { from: 'crates/lib/Cargo.toml', to: 'crates/deep' },
  ]);
});

const alone = (files: Record<string, string>) =>
  read(rust, argv, { 'Cargo.toml': crate('app', '[workspace]\n'), 'src/main.rs': '', ...files });
const fixed = ['Cargo.lock', 'Cargo.toml', 'src/**'];

test.each<[string, Record<string, string>, string[]]>([
  ['only src', { 'notes/x': '', 'tests/a.rs': '' }, fixed],
  ['a build script: all of the crate', { 'build.rs': 'fn main() {}' }, ['**', 'Cargo.lock', 'Cargo.toml']],
  [
    'a string that names a directory, as of a macro',
    { 'src/main.rs': 'embed!("pages/");', 'pages/a': '' },
    [...fixed, 'pages/**'],
  ],
  ['a directory that macros read by themselves', { 'migrations/1.sql': '' }, [...fixed, 'migrations/**']],
  [
    'a module elsewhere',
    {
      'src/main.rs': '#[path = "../gen/a.rs"] mod a;',
      'gen/a.rs': 'include!("b.rs");',
      'gen/b.rs': 'include_str!("../c");',
    },
    [...fixed, 'c', 'gen/**', 'gen/a.rs', 'gen/b.rs'],
  ],
  ['a comment that names a document', { 'src/main.rs': '// see GUIDE', GUIDE: '' }, fixed],
  ['what a build script makes', { 'src/main.rs': 'include!(concat!(env!("OUT_DIR"), "/x.rs"));' }, fixed],
])('%s', (_what, files, expected) => {
  expect(partsOf(alone(files))).toEqual([...new Set(expected)].sort());
});

test.each<[Record<string, string>, RegExp]>([
  [{ 'src/main.rs': 'include_str!(concat!("a", "b"));' }, /src\/main\.rs includes a file whose name only/],
  [{ 'build.rs': 'read("../proto/x")' }, /build\.rs may read files outside/],
  [{ 'Cargo.toml': 'not [ toml' }, /there is no Cargo\.toml that can be read/],
  [{ 'Cargo.toml': crate('other') }, /no Cargo\.toml .* is that of app/],
])('in %j nothing is narrowed, and it is said why', (files, why) => {
  expect(alone(files)).toMatchObject({ why: expect.stringMatching(why) });
});

const vendored = {
  '.cargo/config.toml':
    '[source.crates-io]\nreplace-with = "v"\n[source.v]\ndirectory = "vendor"\n[patch.crates-io]\na = { path = "a" }\n',
  'a/Cargo.toml': crate('a'),
  'a/src/lib.rs': '',
  'vendor/tiny/Cargo.toml': crate('tiny'),
};
const locked = (name: string, dependencies: string) =>
  `[[package]]\nname = "${name}"\nversion = "1.0.0"\ndependencies = [${dependencies}]\n`;

test('directories in place of registries and patches of the configuration come along, and so do toolchain files', () => {
  expect(partsOf(alone({ ...vendored, 'rust-toolchain.toml': '' }))).toEqual([
    '.cargo/config.toml',
    ...['Cargo.lock', 'Cargo.toml', 'a/Cargo.toml', 'a/src/**'],
    ...['rust-toolchain.toml', 'src/**', 'vendor/**'],
  ]);
});

test.each<[string, string, string | undefined]>([
  [
    'a macro that sees its arguments alone',
    locked('serde', '"serde_derive"') + locked('serde_derive', '"syn"'),
    undefined,
  ],
  [
    'a macro that may read files',
    locked('serde', '"sqlx-macros 0.8.0"') + locked('sqlx-macros', '"syn 2.0.0"'),
    'sqlx-macros',
  ],
  [
    'the same where nothing compiled needs it',
    locked('other', '"sqlx-macros"') + locked('sqlx-macros', '"syn"'),
    undefined,
  ],
])('%s', (_what, lock, reader) => {
  const reading = alone({
    'Cargo.toml': crate('app', '[workspace]\n[dependencies]\nserde = "1"\n'),
    'Cargo.lock': lock,
  });
  expect(reading.closure ? undefined : reading.why.split(' ')[0]).toBe(reader);
});

test('a macro of the tree that looks at files makes all count', () => {
  const macro = (text: string) =>
    alone({
      'Cargo.toml': crate('app', '[workspace]\n[dependencies]\nm = { path = "m" }\n'),
      'm/Cargo.toml': crate('m', '[lib]\nproc-macro = true\n'),
      'm/src/lib.rs': text,
    });
  expect(macro('use std::{env, fs};')).toMatchObject({
    why: expect.stringMatching(/m\/src\/lib\.rs belongs to a macro/),
  });
  expect(macro('use proc_macro::TokenStream;').closure).toBeDefined();
});

const scripted = (more: Record<string, string>, dependencies = '') => {
  const manifest = `[workspace]\n[build-dependencies]\nprost-build = "1"\nmake = { path = "make" }\n${dependencies}`;
  return alone({
    'Cargo.toml': crate('app', manifest),
    'build.rs': 'mod util;\nfn main() { make::all("proto"); }',
    'util.rs': 'use std::fs;',
    'make/Cargo.toml': crate('make'),
    'make/src/lib.rs': 'use std::fs;',
    ...more,
  });
};

test.each<[string, Record<string, string>, string, RegExp]>([
  ['a module', { 'util.rs': 'fs::read("../x")' }, '', /^util\.rs may read files outside/],
  ['a library of the tree', { 'make/src/a.rs': 'dir.parent()' }, '', /^make\/src\/a\.rs may read files/],
  [
    'an absolute path',
    { 'build.rs': 'fs::read("/data/x")' },
    '',
    /^build\.rs names \/data\/x, which may be outside/,
  ],
  ['a program', { 'build.rs': 'std::process::Command::new("git")' }, '', /^build\.rs may read files outside/],
  ['a library of a registry', {}, 'built = "0.8"\n', /^build\.rs uses built, which may read any file/],
  [
    'what that one uses',
    { 'make/Cargo.toml': crate('make', '[dependencies]\ngit2 = "1"\n') },
    '',
    /uses git2/,
  ],
  [
    'a variable',
    { '.cargo/config.toml': '[env]\nROOT = { value = "", relative = true }\n' },
    '',
    /gives .* a path/,
  ],
])('a build script may leave its crate by %s: then everything counts', (_, files, dependencies, why) => {
  expect(scripted({}).closure).toBeDefined();
  expect(scripted(files, dependencies)).toMatchObject({ why: expect.stringMatching(why) });
});

test('a macro may read files by a library', () => {
  const macro = (library: string, dependencies = '') =>
    alone({
      'Cargo.toml': crate('app', '[workspace]\n[dependencies]\nm = { path = "m" }\n'),
      'm/Cargo.toml': crate(
        'm',
        `[lib]\nproc-macro = true\n[dependencies]\nh = { path = "../h" }\n${dependencies}`,
      ),
      'm/src/lib.rs': '',
      'h/Cargo.toml': crate('h'),
      'h/src/lib.rs': library,
    });
  expect(macro('').closure).toBeDefined();
  expect(macro('std::fs::read("x")')).toMatchObject({
    why: expect.stringMatching(/^h\/src\/lib\.rs belongs to/),
  });
  expect(macro('', 'dotenvy = "1"\n')).toMatchObject({ why: expect.stringMatching(/m uses dotenvy/) });
});

test('carriage returns and a byte order mark are no part of a manifest', () => {
  expect(parseManifest('\ufeff[package]\r\nname = "a"\r\n')).toMatchObject({ name: 'a' });
});
