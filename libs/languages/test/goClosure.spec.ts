// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${SRCDIR} is a variable of cgo.
import { go } from '../src/go';
import { constraintHolds, nameFits } from '../src/go/constraint';
import { parseModuleFile } from '../src/go/modules';
import { parseGoFile } from '../src/go/sourceFile';
import { partsHold } from '../src/index';
import { partsOf, read } from './closures';
import { amd64, arm64 } from './support';

const argv = ['compile-go', './cmd/x'];
const main = (...imports: string[]) =>
  `package main\nimport (\n${imports.map((one) => `"${one}"\n`).join('')})\n`;

test.each([
  ['package a', { imports: [], embeds: [] }],
  ['\ufeffpackage a; import "b"; import c "d/e"\nvar x = 1', { imports: ['b', 'd/e'], embeds: [] }],
  [
    'package a\r\n\r\nimport (\r\n\t"b" // c\r\n\t. `d`\r\n\t_ "e"; "f"\r\n)\r\n',
    { imports: ['b', 'd', 'e', 'f'], embeds: [] },
  ],
  [
    '/* package no */ // import "x"\n\n//go:build !linux\n\npackage a\n//go:build late',
    { imports: [], embeds: [], build: '!linux' },
  ],
  ['package a /* " */ import /**/ "b"\nfunc f() { g("import \\"x\\"") }', { imports: ['b'], embeds: [] }],
  [
    'package a\nimport "embed"\n\n//go:embed a "b c" `d`\nvar (\n\t//go:embed all:e/*.html\r\n\tx embed.FS)',
    { imports: ['embed'], embeds: ['a', 'b c', 'd', 'all:e/*.html'] },
  ],
  ['package größe\nimport "ä"', { imports: ['ä'], embeds: [] }],
])('%j', (text, expected) => {
  expect(parseGoFile(text)).toEqual(expected);
});

test.each([
  '',
  'packag a',
  'package',
  '\u0001package a',
  'package a\nimport (\n"b"',
  'package a\nimport "b',
  'package a import 5',
  '/* package a',
])('%j is not read as Go', (text) => {
  expect(parseGoFile(text)).toBeNull();
});

test.each([
  ['a.go', true, true],
  ['a_linux.go', true, true],
  ['a_windows.go', false, false],
  ['a_arm64.go', false, true],
  ['a_linux_arm64.go', false, true],
  ['a_windows_arm64.go', false, false],
  ['a_arm64_test.go', false, true],
  ['windows.go', true, true],
  ['a_windows_util.go', true, true],
  ['a.b_windows.go', true, true],
  ['a_windows.pb.go', false, false],
  ['a_unix.go', true, true],
])('%s: amd64 %s, arm64 %s', (name, first, second) => {
  expect([nameFits(name, amd64), nameFits(name, arm64)]).toEqual([first, second]);
});

test.each([
  ['linux', true],
  ['ignore', false],
  ['linux && !arm64', true],
  ['(windows || unix) && extra', true],
  ['!extra', false],
  ['cgo || windows', false],
  // What only the toolchain says.
  ['go1.99', undefined],
  ['!go1.99', undefined],
  ['go1.99 && ignore', false],
  ['go1.99 || linux', true],
  ['linux &&', undefined],
  ['linux windows', undefined],
])('//go:build %s holds: %s', (expression, expected) => {
  expect(constraintHolds(expression, amd64, ['extra'])).toBe(expected);
});

test('go.mod and go.work in all their forms', () => {
  const text =
    'module "example.com/a" // x\r\nuse ./b\nuse (\n\t./c\n\t`./d`\n)\nreplace x => ../x\nreplace (\n\ty v1.2.3 => ./y\n\tz => example.org/z v1.0.0\n)\n';
  expect(parseModuleFile(text)).toEqual({
    module: 'example.com/a',
    use: ['./b', './c', './d'],
    replace: [
      ['x', '../x'],
      ['y', './y'],
    ],
  });
});

test('packages by import, through replace lines, and no others', () => {
  const files = {
    'svc/go.mod': 'module m\nreplace lib => ../lib\nreplace idle => ../idle\n',
    'svc/cmd/x/main.go': main('m/in', 'lib/used', 'fmt', 'example.org/else'),
    'svc/in/a.go': 'package in\n',
    'svc/out/a.go': 'package out\n',
    'lib/go.mod': 'module lib\n',
    'lib/used/a.go': 'package used\nimport "lib/used/deep"\n',
    'lib/used/a.s': '#include "textflag.h"\n',
    'lib/used/deep/a.go': 'package deep\n',
    'lib/unused/a.go': 'package unused\n',
    'idle/go.mod': 'module idle\n',
  };
  const reading = read(go, argv, files, 'svc');
  expect(partsOf(reading)).toEqual([
    'idle/go.mod',
    'lib/go.mod',
    'lib/used/*.go',
    'lib/used/*.s',
    'lib/used/deep/*.go',
    'svc/cmd/x/*.go',
    'svc/cmd/x/default.pgo',
    'svc/go.mod',
    'svc/go.sum',
    'svc/in/*.go',
  ]);
  expect(reading.closure?.uses).toEqual([{ from: 'svc/cmd/x/main.go', to: 'lib' }]);
  const holds = partsHold(reading.closure!);
  const names = ['a.go', 'a_test.go', 'a_windows.go', 'a_s390x.go', 'a_arm64.go', 'README.md', 'deep/x/y.go'];
  expect(names.filter((name) => holds(`lib/used/${name}`))).toEqual(['a.go', 'a_arm64.go']);
});

test('go.work: its modules, whatever their own replace lines say of others', () => {
  const files = {
    'go.work': 'use (\n./a\n./b\n)\n',
    'a/go.mod': 'module a\n',
    'a/cmd/x/main.go': main('b/p'),
    'b/go.mod': 'module b\n',
    'b/p/p.go': 'package p\n',
    // Another module begins here.
    'b/q/go.mod': 'module q\n',
  };
  expect(partsOf(read(go, argv, files, 'a'))).toEqual([
    'a/cmd/x/*.go',
    'a/cmd/x/default.pgo',
    'a/go.mod',
    'a/go.sum',
    'b/go.mod',
    'b/go.sum',
    'b/p/*.go',
    'go.work',
    'go.work.sum',
  ]);
});

test('vendored packages', () => {
  const files = {
    'go.mod': 'module m\n',
    'vendor/modules.txt': '',
    'vendor/example.org/dep/a.go': 'package dep\n',
    'vendor/example.org/other/a.go': 'package other\n',
    'cmd/x/main.go': main('example.org/dep'),
  };
  const parts = partsOf(read(go, argv, files));
  expect(parts).toContain('vendor/modules.txt');
  expect(parts.filter((part) => part.endsWith('*.go'))).toEqual([
    'cmd/x/*.go',
    'vendor/example.org/dep/*.go',
  ]);
});

test('what is embedded counts, whatever its name ends with', () => {
  const files = {
    'go.mod': 'module m\n',
    'cmd/x/main.go':
      'package main\nimport "embed"\n//go:embed static all:one.txt t/*.html *_test.go deep/*/x\nvar f embed.FS\n',
    'cmd/x/x_test.go': '',
    'cmd/x/static/a_windows.go': '',
    'cmd/x/t/a.html': '',
    'cmd/x/t/b.html/c': '',
    'cmd/x/deep/a/x': '',
  };
  const reading = read(go, argv, files);
  expect(partsOf(reading)).toEqual(
    expect.arrayContaining([
      'cmd/x/static/**',
      'cmd/x/one.txt',
      'cmd/x/t/*.html',
      'cmd/x/t/b.html/**',
      'cmd/x/*_test.go',
      'cmd/x/deep/**',
    ]),
  );
  const holds = partsHold(reading.closure!);
  for (const path of Object.keys(files)) expect([path, holds(path)]).toEqual([path, true]);
});

test.each([
  [{}, /neither go\.mod/],
  [{ 'go.mod': 'module m' }, /\.\/cmd\/x is not a package/],
  [{ 'go.mod': 'module m', 'cmd/x/main.go': 'no Go' }, /cmd\/x\/main\.go is not a Go file/],
  [
    { 'go.mod': 'module m', 'cmd/x/main.go': 'package main', 'cmd/x/a.s': '#include "../b/c.h"' },
    /includes a file of another directory/,
  ],
])('in %j nothing is narrowed, and it is said why', (files, why) => {
  expect(read(go, argv, files as unknown as Record<string, string>)).toMatchObject({
    why: expect.stringMatching(why),
  });
});

test.each(['./...', './cmd/x/main.go', '/src/cmd/x'])('the unit %s is not narrowed', (unit) => {
  const files = { 'go.mod': 'module m', 'cmd/x/main.go': 'package main' };
  expect(read(go, ['compile-go', unit], files)).toHaveProperty('why');
});

describe('with cgo', () => {
  const files = {
    'go.mod': 'module example.com/m\n',
    'cmd/x/main.go': main('example.com/m/db'),
    'db/db.go': '// #cgo CFLAGS: -I${SRCDIR}/include -O2\n// #include "db.h"\nimport "C"\n',
    'db/c.go':
      'package db\n\n// #cgo CFLAGS: -I${SRCDIR}/include\n// #include "db.h"\nimport "C"\nimport _ "example.com/m/only"\n',
    'db/db.h': '',
    'db/tables.def': '',
    'db/include/deep/a.h': '',
    'only/only.go': 'package only\n',
    'elsewhere/x.c': '',
  };
  const on = () => ({ CGO_ENABLED: '1' });

  test('files of a package that C may read count, and directories that `#cgo` lines name', () => {
    const { 'db/db.go': _, ...sound } = files;
    const parts = partsOf(read(go, argv, sound, '', on));
    expect(parts).toEqual(expect.arrayContaining(['db/*', 'db/include/**', 'db/tables.def', 'only/*.go']));
    expect(parts.join(' ')).not.toContain('elsewhere');
    // Without cgo neither the file nor what it imports is compiled.
    expect(partsOf(read(go, argv, sound)).join(' ')).not.toMatch(/only|include|tables/);
  });

  test('the directory of a package counts with all below where `#cgo` lines name it', () => {
    const text = '// #cgo CFLAGS: -I${SRCDIR}\n// #include <include/deep/a.h>\nimport "C"\n';
    const one = { ...files, 'db/db.go': 'package db\n', 'db/c.go': `package db\n\n${text}` };
    expect(partsOf(read(go, argv, one, '', on))).toEqual(expect.arrayContaining(['db/**']));
  });

  test.each([
    ['an include of another directory', { 'db/x.c': '#include "../elsewhere/x.c"\n' }],
    [
      'one in the comment above import "C"',
      { 'db/d.go': 'package db\n\n// #include "deep/a.h"\nimport "C"\n' },
    ],
    ['a file that Go cannot read', {}],
  ])('%s makes all count that COPY takes', (_, more) => {
    const { 'db/db.go': broken, ...sound } = files;
    const all = Object.keys(more).length > 0 ? { ...sound, ...more } : { ...sound, 'db/db.go': broken };
    expect(read(go, argv, all, '', on).closure).toBeUndefined();
  });
});
