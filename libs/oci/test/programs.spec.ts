import { type Entry, elfArchitecture, putLayer, readPrograms, whiteout } from '@prism-build/oci';
import { good, makeStore, removeDirectories } from './images';

afterAll(removeDirectories);

function elf(machine: number, type = 2, order: 'LE' | 'BE' = 'LE'): Buffer {
  const header = Buffer.alloc(64);
  header.write('\x7fELF\x02', 'latin1');
  header[5] = order === 'LE' ? 1 : 2;
  header[`writeUInt16${order}`](type, 16);
  header[`writeUInt16${order}`](machine, 18);
  return header;
}

const file = (path: string, bytes: Buffer, mode = 0o755): Entry => ({
  type: 'file',
  path,
  mode,
  uid: 0,
  gid: 0,
  content: { kind: 'bytes', bytes },
});

test('the architecture of an ELF header', () => {
  expect(elfArchitecture(elf(62))).toBe('amd64');
  expect(elfArchitecture(elf(183, 3))).toBe('arm64');
  expect(elfArchitecture(elf(22, 2, 'BE'))).toBe('s390x');
  // An unknown machine, a script, and a file that ends too soon.
  expect(elfArchitecture(elf(9999))).toBeUndefined();
  expect(elfArchitecture(Buffer.from('#!/bin/sh and more text'))).toBeUndefined();
  expect(elfArchitecture(elf(62).subarray(0, 10))).toBeUndefined();
});

test('programs and links of an image, as its layers leave them', async () => {
  const store = await makeStore();
  const owner = { uid: 0, gid: 0 };
  const below = good(
    await putLayer(
      store,
      [
        { type: 'directory', path: 'bin', mode: 0o755, ...owner },
        file('bin/gone', elf(62)),
        file('bin/kept', elf(62)),
        file('bin/library', elf(62, 3), 0o644),
        file('bin/replaced', elf(62)),
        { type: 'hardlink', path: 'bin/same', mode: 0o755, ...owner, linkTarget: 'bin/kept' },
        { type: 'symlink', path: 'sh', mode: 0o777, ...owner, linkTarget: 'bin/kept' },
      ],
      { compression: 'zstd' },
    ),
  );
  const above = good(
    await putLayer(store, [whiteout('bin/gone'), file('bin/replaced', elf(183))], { compression: 'zstd' }),
  );
  const { architectures, links } = good(await readPrograms(store, [below, above]));
  expect(Object.fromEntries(architectures)).toEqual({
    'bin/kept': 'amd64',
    'bin/same': 'amd64',
    'bin/replaced': 'arm64',
  });
  expect(Object.fromEntries(links)).toEqual({ sh: 'bin/kept' });
});
