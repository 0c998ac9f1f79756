import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Result } from '@prism-build/errors';
import { type Entry, type Layer, openContentStore, putLayer, whiteout } from '@prism-build/oci';
import type { Bom } from '../src/cycloneDx';
import { isProgram } from '../src/explain/isProgram';
import { listUnlisted } from '../src/explain/listUnlisted';
import { readFiles } from '../src/explain/readFiles';
import { addUnlisted, describeUnlisted, readUnlisted } from '../src/explain/unlistedInBom';

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'prism-explain-'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** An ELF header with a type, and some text as its body. */
function elf(text: string, type = 3): Buffer {
  const header = Buffer.alloc(64);
  header.write('\x7fELF\x02\x01\x01', 'latin1');
  header.writeUInt16LE(type, 16);
  return Buffer.concat([header, Buffer.from(text)]);
}

const common = { uid: 0, gid: 0 } as const;
const file = (path: string, bytes: Uint8Array | string, mode = 0o644): Entry => ({
  ...{ type: 'file', path, mode, ...common },
  content: { kind: 'bytes', bytes: Buffer.from(bytes) },
});
const link = (type: 'symlink' | 'hardlink', path: string, linkTarget: string): Entry => ({
  ...{ type, path, mode: 0o777, ...common, linkTarget },
});

function unwrap<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.failures[0]!.what);
  return result.value;
}

async function unlistedIn(components: readonly object[], ...layers: readonly (readonly Entry[])[]) {
  const store = unwrap(await openContentStore(join(root, 'store')));
  const put: Layer[] = [];
  for (const entries of layers) put.push(unwrap(await putLayer(store, entries, { compression: 'none' })));
  const files = unwrap(await readFiles(store, { layers: put }));
  const bom = { bomFormat: 'CycloneDX', specVersion: '1.6', components } as unknown as Bom;
  return listUnlisted(bom, files).map(({ path }) => path);
}

const property = (name: string, value: string) => ({ name: `aquasecurity:trivy:${name}`, value });
const program = (name: string, kind: string) => ({
  type: 'application',
  name,
  properties: [property('Type', kind)],
});
const library = (purl: string, name: string, path = '') => ({
  ...{ type: 'library', name, purl, properties: path === '' ? [] : [property('FilePath', path)] },
});
const digest = (kind: string, bytes: Uint8Array, as: 'hex' | 'base64' | 'base64url' = 'hex') =>
  createHash(kind).update(bytes).digest(as);

const one = elf('one');
const sums = (path: string) => `${digest('md5', one)}  ${path}\n`;
const deb = library('pkg:deb/debian/tool@1?distro=debian-12', 'tool');
const wheel = 'app/w-1.dist-info';
const pypi = library('pkg:pypi/w@1', 'w', `${wheel}/METADATA`);
const record = (path: string, bytes = one) =>
  `${path},sha256=${digest('sha256', bytes, 'base64url')},9\n${wheel}/RECORD,,\n`;
const apk = library('pkg:apk/alpine/t@1', 't');
const npm = library('pkg:npm/n@1', 'n', 'app/node_modules/n/package.json');
const installed = (bytes: Uint8Array) =>
  `P:t\nV:1\nF:usr/bin\nR:t\nZ:Q1${digest('sha1', bytes, 'base64')}\n\n`;

test.each<[string, readonly object[], readonly (readonly Entry[])[], readonly string[]]>([
  ['a program of nothing', [deb], [[file('x', one, 0o755)]], ['x']],
  ['a library without execute bits', [], [[file('lib/x.so', one)]], ['lib/x.so']],
  [
    'an object file, a script and a short file',
    [],
    [[file('x.o', elf('', 1)), file('s', '#!/bin/sh\necho 12345'), file('e', '\x7fELF')]],
    [],
  ],
  ['a Go program', [program('x', 'gobinary')], [[file('x', one)]], []],
  ['another path than the recognised one', [program('x', 'rustbinary')], [[file('y', one)]], ['y']],
  [
    'a distroless package',
    [deb],
    [[file('usr/bin/x', one), file('var/lib/dpkg/status.d/tool.md5sums', sums('usr/bin/x'))]],
    [],
  ],
  [
    'a package of dpkg, of another architecture, through a link',
    [deb],
    [
      [
        file('usr/lib/x', one),
        link('symlink', 'lib', 'usr/lib'),
        file('var/lib/dpkg/info/tool:arm64.md5sums', sums('lib/x')),
      ],
    ],
    [],
  ],
  [
    'a list of a package that was not recognised',
    [],
    [[file('x', one), file('var/lib/dpkg/info/tool.md5sums', sums('x'))]],
    ['x'],
  ],
  [
    'a program of a package that a higher layer replaced',
    [deb],
    [[file('x', one), file('var/lib/dpkg/info/tool.md5sums', sums('x'))], [file('x', elf('two'))]],
    ['x'],
  ],
  ['a program that a higher layer deletes', [], [[file('a/x', one)], [whiteout('a/x')]], []],
  ['a program below a directory that a higher layer deletes', [], [[file('a/x', one)], [whiteout('a')]], []],
  [
    'a program that a file replaces',
    [],
    [[file('x', one)], [file('x', 'a text that is longer than a header')]],
    [],
  ],
  [
    'a hard link and a symbolic link',
    [program('x', 'gobinary')],
    [[file('x', one), link('hardlink', 'y', 'x'), link('symlink', 'z', 'x')]],
    [],
  ],
  ['a wheel', [pypi], [[file('app/w/x.so', one), file(`${wheel}/RECORD`, record('w/x.so'))]], []],
  [
    'a wheel that installs a program elsewhere',
    [pypi],
    [[file('bin/x', one), file(`${wheel}/RECORD`, record('../bin/x'))]],
    [],
  ],
  [
    'a name with a comma',
    [pypi],
    [[file('app/a,b.so', one), file(`${wheel}/RECORD`, record('"a,b.so"'))]],
    [],
  ],
  ['a wheel without a digest', [pypi], [[file('app/x.so', one), file(`${wheel}/RECORD`, 'x.so,,\n')]], []],
  [
    'an altered file of a wheel',
    [pypi],
    [[file('app/x.so', one), file(`${wheel}/RECORD`, record('x.so', elf('two')))]],
    ['app/x.so'],
  ],
  [
    'a file beside a wheel',
    [pypi],
    [[file('app/y.so', one), file(`${wheel}/RECORD`, record('x.so'))]],
    ['app/y.so'],
  ],
  [
    'a package of Alpine',
    [apk],
    [[file('usr/bin/t', one), file('lib/apk/db/installed', installed(one))]],
    [],
  ],
  [
    'an altered one',
    [apk],
    [[file('usr/bin/t', one), file('lib/apk/db/installed', installed(elf('two')))]],
    ['usr/bin/t'],
  ],
  ['a native module of npm', [npm], [[file('app/node_modules/n/build/n.node', one)]], []],
  [
    'a directory whose name begins alike',
    [npm],
    [[file('app/node_modules/n2/n.node', one)]],
    ['app/node_modules/n2/n.node'],
  ],
])('%s', async (_, components, layers, expected) => {
  expect(await unlistedIn(components, ...layers)).toEqual(expected);
});

test.each<[string, Buffer, boolean]>([
  ['a program', elf('', 2), true],
  ['a shared object', elf('', 3), true],
  ['a core', elf('', 4), false],
  ['nothing', Buffer.alloc(0), false],
])('%s is a program: %#', (_, bytes, expected) => {
  expect(isProgram(bytes)).toBe(expected);
});

test('a big-endian header', () => {
  const bytes = elf('');
  bytes[5] = 2;
  bytes.writeUInt16BE(2, 16);
  expect(isProgram(bytes)).toBe(true);
});

test('the inventory keeps them, and the gap names the first and counts the others', () => {
  const programs = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((path) => ({ path, sha256: 'x' }));
  const bom = { bomFormat: 'CycloneDX', specVersion: '1.6' } as Bom;
  const paths = readUnlisted(addUnlisted(bom, programs));
  expect(paths).toEqual(programs.map(({ path }) => path));
  expect(describeUnlisted(paths)).toEqual([
    'no recognised package contains the programs /a, /b, /c, /d, /e and 2 more',
  ]);
  expect(describeUnlisted(['a'])).toEqual(['no recognised package contains the program /a']);
  expect(describeUnlisted([])).toEqual([]);
});
