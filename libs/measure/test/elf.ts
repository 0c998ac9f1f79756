/** A little-endian ELF64 program with these sections. */
export function makeElf(sections: Readonly<Record<string, Buffer>>): Buffer {
  const all: [string, Buffer][] = [['', Buffer.alloc(0)], ...Object.entries(sections)];
  const names = Buffer.from(`${[...all.map(([name]) => name), '.shstrtab'].join('\0')}\0`);
  all.push(['.shstrtab', names]);
  const header = Buffer.alloc(64);
  header.write('\x7fELF\x02\x01\x01', 'latin1');
  header.writeUInt16LE(2, 16);
  header.writeUInt16LE(62, 18);
  let offset = 64;
  const table = all.map(([name, bytes]) => {
    const entry = Buffer.alloc(64);
    entry.writeUInt32LE(name === '' ? 0 : names.indexOf(`${name}\0`), 0);
    entry.writeUInt32LE(1, 4);
    entry.writeBigUInt64LE(BigInt(offset), 24);
    entry.writeBigUInt64LE(BigInt(bytes.length), 32);
    offset += bytes.length;
    return entry;
  });
  header.writeBigUInt64LE(BigInt(offset), 40);
  header.writeUInt16LE(64, 58);
  header.writeUInt16LE(table.length, 60);
  header.writeUInt16LE(table.length - 1, 62);
  return Buffer.concat([header, ...all.map(([, bytes]) => bytes), ...table]);
}
