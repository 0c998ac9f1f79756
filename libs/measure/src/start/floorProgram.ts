/** `write(1, line, 6)`, then `exit(0)`, in machine code: system calls 1 and 60 of amd64, 64 and 93 of arm64. The line follows. */
const code: Readonly<Record<string, string | undefined>> = {
  amd64: 'b801000000 89c7 488d3510000000 ba06000000 0f05 31ff b83c000000 0f05',
  arm64: '200080d2 e1000010 c20080d2 080880d2 010000d4 000080d2 a80b80d2 010000d4',
};
const LINE = 'ready\n';
const machine: Readonly<Record<string, number | undefined>> = { amd64: 62, arm64: 183 };

const BASE = 0x400000;
const HEADERS = 64 + 56;

/**
 * A small static program that prints the line `ready` and ends, as an ELF file: the floor of every start, whose time is known when
 * the line arrives, like that of a component. Undefined for other architectures.
 */
export function makeFloorProgram(architecture: string): Buffer | undefined {
  const text = code[architecture];
  if (text === undefined) return undefined;
  const body = Buffer.concat([Buffer.from(text.replaceAll(' ', ''), 'hex'), Buffer.from(LINE)]);
  const file = Buffer.alloc(HEADERS + body.length);
  file.write('\x7fELF\x02\x01\x01', 'latin1');
  // e_type, e_machine, e_version, e_entry, e_phoff, e_ehsize, e_phentsize, e_phnum
  file.writeUInt16LE(2, 16);
  file.writeUInt16LE(machine[architecture]!, 18);
  file.writeUInt32LE(1, 20);
  file.writeBigUInt64LE(BigInt(BASE + HEADERS), 24);
  file.writeBigUInt64LE(64n, 32);
  file.writeUInt16LE(64, 52);
  file.writeUInt16LE(56, 54);
  file.writeUInt16LE(1, 56);
  // One segment: PT_LOAD, readable and executable, the whole file.
  file.writeUInt32LE(1, 64);
  file.writeUInt32LE(5, 68);
  file.writeBigUInt64LE(BigInt(BASE), 80);
  file.writeBigUInt64LE(BigInt(BASE), 88);
  file.writeBigUInt64LE(BigInt(file.length), 96);
  file.writeBigUInt64LE(BigInt(file.length), 104);
  file.writeBigUInt64LE(0x1000n, 112);
  body.copy(file, HEADERS);
  return file;
}

/** The probe of the program. */
export const floorProbe = { kind: 'log', pattern: /^ready$/m } as const;
