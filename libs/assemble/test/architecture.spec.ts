import { elfArchitecture } from '@prism-build/oci';
import { assemble, codes, file, treeOf } from './support';

/** The first 20 bytes of an ELF file: magic, 64 bit, byte order, type, e_machine. */
function elf(machine: number, littleEndian = true): Buffer {
  const header = Buffer.alloc(20);
  header.set([0x7f, 0x45, 0x4c, 0x46, 2, littleEndian ? 1 : 2]);
  if (littleEndian) header.writeUInt16LE(machine, 18);
  else header.writeUInt16BE(machine, 18);
  return header;
}

test('reads the architecture of a header in either byte order', () => {
  expect([62, 183, 40, 243].map((machine) => elfArchitecture(elf(machine)))).toEqual([
    'amd64',
    'arm64',
    'arm',
    'riscv64',
  ]);
  expect(elfArchitecture(elf(22, false))).toBe('s390x');
});

test('knows no architecture of what is no ELF, is short, or names a machine of nobody', () => {
  expect(
    ['#!/bin/sh', '', elf(62).subarray(0, 19), elf(9999)].map((bytes) => elfArchitecture(Buffer.from(bytes))),
  ).toEqual([undefined, undefined, undefined, undefined]);
});

test('refuses every executable of another architecture, and names it', async () => {
  const context = treeOf({
    good: file(elf(62), 0o755),
    wrong: file(elf(183), 0o755),
    other: file(elf(40), 0o755),
  });
  const result = await assemble(['COPY . /bin/'], context);
  expect(codes(result)).toEqual([
    'ARCHITECTURE_MISMATCH app/Containerfile',
    'ARCHITECTURE_MISMATCH app/Containerfile',
  ]);
  expect(result.ok || result.failures.map(({ what }) => what)).toEqual([
    '/bin/other is a binary for arm in an image for linux/amd64',
    '/bin/wrong is a binary for arm64 in an image for linux/amd64',
  ]);
});

test('a file that nobody can execute may be of any architecture', async () => {
  expect(codes(await assemble(['COPY wrong /x'], treeOf({ wrong: file(elf(183)) })))).toEqual([]);
});

test('a binary that the image itself does not hold may be of any architecture', async () => {
  const context = treeOf({ wrong: file(elf(183), 0o755) });
  expect(codes(await assemble(['COPY wrong /x', 'FROM scratch'], context))).toEqual([]);
});
