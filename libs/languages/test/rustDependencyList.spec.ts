import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import * as fc from 'fast-check';
import { encodeDependencyList } from '../src/rust/dependencyList';
import { rust } from '../src/rust/index';
import { storeZlib } from '../src/rust/storeZlib';
import { amd64, requestOf } from './support';

const crates = 'registry+https://github.com/rust-lang/crates.io-index';
const artifact = (id: string, file: string, kind = 'lib') =>
  JSON.stringify({
    ...{ reason: 'compiler-artifact', package_id: id, fresh: true },
    ...{ target: { name: 'x', kind: [kind] }, filenames: [file] },
  });
const own = '/u/x86_64-unknown-linux-gnu/release';
const read = (bytes: Uint8Array) => JSON.parse(inflateSync(bytes).toString()).packages;
const listOf = (...messages: string[]) =>
  read(encodeDependencyList(messages.join('\n'), ['/u/x86_64-unknown-linux-gnu']));

const program = 'path+file:///w/source/app#0.3.0';
const many = [
  'warning: text that is no message',
  artifact(`${crates}#serde@1.0.2+meta`, `${own}/deps/libserde-0.rlib`),
  artifact(`${crates}#serde@1.0.2+meta`, `${own}/deps/libserde-1.rlib`),
  artifact(`${crates}#serde@0.9.0`, `${own}/deps/libserde-2.rlib`),
  artifact('git+https://example.com/y.git?rev=1#abc@1.0.0', `${own}/deps/liby.rlib`),
  artifact('git+https://example.com/z?tag=1#2.0.0', `${own}/deps/libz.rlib`),
  artifact('sparse+https://crates.example.com/index/#q@1.0.0', `${own}/deps/libq.rlib`),
  artifact('path+file:///w/source/util#helper@0.1.0', `${own}/deps/libhelper.rlib`),
  artifact(program, `${own}/deps/libapp.rlib`),
  artifact(program, `${own}/app`, 'bin'),
  // Of the host, and of another platform.
  artifact(`${crates}#syn@2.0.0`, '/u/release/deps/libsyn-0.rlib'),
  artifact(`${crates}#serde_derive@1.0.2`, '/u/release/deps/libserde_derive.so', 'proc-macro'),
  artifact(`${crates}#arm@1.0.0`, '/u/aarch64-unknown-linux-gnu/release/deps/libarm.rlib'),
  JSON.stringify({ reason: 'build-script-executed', package_id: `${crates}#libc@1.0.0` }),
];

test.each<[string, readonly string[]]>([
  ['all kinds of messages', many],
  ['no messages', []],
  [
    'more than a block of zlib',
    Array.from({ length: 300 }, (_, index) =>
      artifact(`${crates}#crate-${'x'.repeat(200)}-${index}@1.0.0`, `${own}/deps/libx${index}.rlib`),
    ),
  ],
])('list-crates of the builder writes the same bytes: %s', (_, messages) => {
  const directory = '/u/x86_64-unknown-linux-gnu';
  const script = join(__dirname, '../../../containerfiles/rust-builder/list-crates');
  const input = messages.map((line) => `${line}\n`).join('');
  const printed = execFileSync('sh', [script, directory], { input });
  expect(inflateSync(printed).toString()).toBe(
    inflateSync(encodeDependencyList(input, [directory])).toString(),
  );
  expect(printed.equals(encodeDependencyList(input, [directory]))).toBe(true);
});

test('lists what was compiled for the platform, once, with its source; the program is the root', () => {
  const packages = listOf(...many);
  expect(packages).toEqual([
    { name: 'abc', version: '1.0.0', source: 'git' },
    { name: 'app', version: '0.3.0', source: 'local', root: true },
    { name: 'helper', version: '0.1.0', source: 'local' },
    { name: 'q', version: '1.0.0', source: 'registry' },
    { name: 'serde', version: '0.9.0', source: 'crates.io' },
    { name: 'serde', version: '1.0.2+meta', source: 'crates.io' },
    { name: 'z', version: '2.0.0', source: 'git' },
  ]);
});

test('the order of cargo’s messages does not matter', () => {
  const messages = ['a', 'b', 'c'].map((name) =>
    artifact(`${crates}#${name}@1.0.0`, `${own}/deps/lib${name}.rlib`),
  );
  const encode = (list: readonly string[]) =>
    encodeDependencyList(list.join('\n'), ['/u/x86_64-unknown-linux-gnu']);
  expect(encode(messages)).toEqual(encode([...messages].reverse()));
});

test('zlib reads what is stored, of every length', () => {
  const around = fc.constantFrom(0, 1, 65_534, 65_535, 65_536, 131_070, 131_071);
  fc.assert(
    fc.property(fc.oneof(around, fc.nat(70_000)), fc.nat(255), (length, start) => {
      const bytes = Buffer.from(Array.from({ length }, (_, index) => (index * 7 + start) % 256));
      expect(inflateSync(storeZlib(bytes)).equals(bytes)).toBe(true);
    }),
    { numRuns: 20 },
  );
});

test('the list is added to the placed program by the binutils of its platform', () => {
  const request = requestOf(rust, ['compile-rust', '--package', 'p', '--bin', 'b'], {
    toolchain: { command: '/usr/bin/cargo', root: '/usr' },
    targets: [amd64],
  });
  const { files, calls } = rust.compiler.finish!(request, '');
  expect(files.map(({ path }) => path)).toEqual(['/w/out/1/x86_64-unknown-linux-gnu.dep-v0']);
  expect(calls.map(({ argv }) => argv)).toEqual([
    [
      '/usr/bin/x86_64-linux-gnu-objcopy',
      '--add-section',
      '.dep-v0=/w/out/1/x86_64-unknown-linux-gnu.dep-v0',
      '/w/out/linux-amd64/b',
    ],
  ]);
});
