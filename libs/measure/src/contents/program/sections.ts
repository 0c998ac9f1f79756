/** A section of an ELF file that is in the file. */
export interface Section {
  readonly name: string;
  readonly bytes: Buffer;
}

const SHT_NOBITS = 8;

/**
 * The sections of a little-endian 64-bit ELF file (System V ABI), such as programs for amd64 and arm64. Undefined for any
 * other file, and for one without section headers or with damaged ones.
 */
export function readSections(file: Buffer): readonly Section[] | undefined {
  if (file.length < 64 || file.readUInt32BE(0) !== 0x7f454c46 || file[4] !== 2 || file[5] !== 1)
    return undefined;
  const [start, size, count, names] = [
    Number(file.readBigUInt64LE(40)),
    file.readUInt16LE(58),
    file.readUInt16LE(60),
    file.readUInt16LE(62),
  ];
  if (start === 0 || size < 64 || names >= count || start + size * count > file.length) return undefined;
  const headers = Array.from({ length: count }, (_, at) => {
    const header = file.subarray(start + at * size);
    const offset = Number(header.readBigUInt64LE(24));
    const length = header.readUInt32LE(4) === SHT_NOBITS ? 0 : Number(header.readBigUInt64LE(32));
    return { name: header.readUInt32LE(0), bytes: file.subarray(offset, offset + length) };
  });
  const table = headers[names]!.bytes;
  return headers.map(({ name, bytes }) => ({ name: untilNul(table, name), bytes }));
}

/** The text from an offset to the next NUL. */
export function untilNul(bytes: Buffer, from: number): string {
  const end = bytes.indexOf(0, from);
  return bytes.toString('utf8', from, end < 0 ? bytes.length : end);
}
