/** The most bytes of a stored block (RFC 1951, 3.2.4). */
const maxBlock = 65_535;

/**
 * A zlib stream (RFC 1950) of stored blocks, for bytes that are part of a program: what a compressor makes depends on
 * its version, so another Node.js would make another program.
 */
export function storeZlib(bytes: Uint8Array): Uint8Array {
  const count = Math.max(1, Math.ceil(bytes.length / maxBlock));
  const blocks = Array.from({ length: count }, (_, index) => {
    const part = bytes.subarray(index * maxBlock, (index + 1) * maxBlock);
    const header = Buffer.alloc(5);
    header.writeUInt8(index === count - 1 ? 1 : 0);
    header.writeUInt16LE(part.length, 1);
    header.writeUInt16LE(0xffff - part.length, 3);
    return Buffer.concat([header, part]);
  });
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(adler32(bytes));
  return Buffer.concat([Buffer.from([0x78, 0x01]), ...blocks, sum]);
}

function adler32(bytes: Uint8Array): number {
  let [a, b] = [1, 0];
  for (const byte of bytes) {
    a = (a + byte) % 65_521;
    b = (b + a) % 65_521;
  }
  return b * 65_536 + a;
}
