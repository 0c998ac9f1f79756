import * as fc from 'fast-check';
import { readAr } from '../src/deb/ar';
import { namesIn, parseParagraph, parseParagraphs } from '../src/deb/control';
import { readDeb } from '../src/deb/readDeb';
import { codesOf, listTree, readFixture, unwrap } from './support';

const long = 'long'.repeat(40);

describe.each(['xz', 'gzip', 'zstd', 'none'] as const)('a package compressed as %s', (compression) => {
  test('is unpacked as it was packed', async () => {
    const deb = unwrap(await readDeb(readFixture(compression), 'hello'));
    expect(Object.fromEntries(deb.fields)).toEqual({
      Package: 'hello',
      Version: '1.0-1',
      Architecture: 'all',
      Maintainer: 'Nobody <nobody@example.invalid>',
      Description: 'a package to read\n with a long description',
    });
    expect([...deb.control.keys()].sort()).toEqual(['conffiles', 'control', 'md5sums']);
    expect(listTree(deb.tree)).toEqual([
      'directory 755 0:0 etc',
      'file 644 0:0 etc/hello.conf loud=no',
      'directory 755 0:0 lib',
      'directory 755 0:0 lib/hello',
      'file 644 0:0 lib/hello/module lib',
      'directory 755 0:0 usr',
      'directory 755 0:0 usr/bin',
      'file 755 0:0 usr/bin/hallo #!/bin/sh',
      'file 755 0:0 usr/bin/hello #!/bin/sh',
      'file 4755 0:0 usr/bin/setuid #!/bin/sh',
      'directory 755 0:0 usr/share',
      'directory 755 0:0 usr/share/doc',
      'directory 755 0:0 usr/share/doc/hello',
      'file 644 0:0 usr/share/doc/hello/copyright free',
      `directory 755 0:0 usr/share/${long}`,
      `file 644 0:0 usr/share/${long}/${long} long`,
      'symlink 777 0:0 usr/bin/hi -> hello',
    ]);
    expect(deb.tree.get('usr/bin/hallo')).toBe(deb.tree.get('usr/bin/hello'));
  });

  // What is cut is never a package: a failure says so, and nothing is thrown.
  test('and cut anywhere is a failure', async () => {
    const bytes = readFixture(compression);
    const step = Math.max(1, Math.floor(bytes.length / 150));
    for (let end = 0; end < bytes.length - 1; end += step) {
      const read = await readDeb(bytes.subarray(0, end), 'hello');
      // The last blocks of a tar are zeros, which some readers do not need.
      if (read.ok) expect([compression, listTree(read.value.tree).length]).toEqual(['none', 17]);
      else expect(codesOf(read)).toEqual(['PACKAGE_INVALID']);
    }
  });

  test('and altered anywhere is a package or a failure', async () => {
    const bytes = readFixture(compression);
    const altered = fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }));
    await fc.assert(
      fc.asyncProperty(fc.array(altered, { minLength: 1, maxLength: 4 }), async (changes) => {
        const copy = Uint8Array.from(bytes);
        for (const [at, by] of changes) copy[at] = copy[at]! ^ by;
        const read = await readDeb(copy, 'hello');
        if (!read.ok) expect(new Set(codesOf(read))).toEqual(new Set(['PACKAGE_INVALID']));
      }),
      { numRuns: 150 },
    );
  });
});

test('bytes that are nothing are failures', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
      const prefixed = Buffer.concat([Buffer.from('!<arch>\n'), bytes]);
      expect((await readDeb(bytes, 'x')).ok).toBe(false);
      expect((await readDeb(prefixed, 'x')).ok).toBe(false);
      readAr(prefixed);
    }),
  );
});

test('an archive names its members, padding left out', () => {
  const members = unwrap(readAr(readFixture('xz')));
  expect(members.map(({ name }) => name)).toEqual(['debian-binary', 'control.tar.xz', 'data.tar.xz']);
  expect(Buffer.from(members[0]!.bytes).toString()).toBe('2.0\n');
});

test.each([
  ['no archive', 'hello', 'it is not an ar archive'],
  ['another archive', '!<arch>\n', 'it does not begin with debian-binary 2'],
  ['half a header', '!<arch>\ndebian-binary   0', 'it ends within a header of its ar archive'],
])('%s is said to be that', async (_, text, what) => {
  const read = await readDeb(Buffer.from(text), 'hello 1.0');
  expect(read).toMatchObject({
    failures: [{ code: 'PACKAGE_INVALID', what: `hello 1.0 is not a usable Debian package: ${what}` }],
  });
});

test('control data: continued fields, several paragraphs, names in relations', () => {
  expect(Object.fromEntries(parseParagraph('A: 1\nB:\n b\n\tc\njunk\n d\n'))).toEqual({
    A: '1',
    B: '\n b\n\tc',
  });
  expect(parseParagraphs('A: 1\n\n \nA: 2\n').map((one) => one.get('A'))).toEqual(['1', '2']);
  expect(namesIn('a (<< 2), b:any | c')).toEqual(['a', 'b', 'c']);
  expect(namesIn(undefined)).toEqual([]);
});
