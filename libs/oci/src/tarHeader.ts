/** The fields of one POSIX ustar header (pax, IEEE Std 1003.1); numbers must fit, pax records carry the rest. */
export interface HeaderFields {
  readonly name: Uint8Array;
  readonly typeflag: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly mtime: number;
  readonly linkname: Uint8Array;
  readonly major: number;
  readonly minor: number;
}

export const TAR_BLOCK = 512;

/** Bytes of zeros that fill `size` up to a whole number of blocks. */
export function paddingOf(size: number): number {
  return (TAR_BLOCK - (size % TAR_BLOCK)) % TAR_BLOCK;
}

/** The 512 bytes of a header. User and group names stay empty: they differ between machines. */
export function encodeHeader(fields: HeaderFields): Uint8Array {
  const block = Buffer.alloc(TAR_BLOCK);
  block.set(fields.name.subarray(0, 100), 0);
  putOctal(block, fields.mode, 100, 8);
  putOctal(block, fields.uid, 108, 8);
  putOctal(block, fields.gid, 116, 8);
  putOctal(block, fields.size, 124, 12);
  putOctal(block, fields.mtime, 136, 12);
  block.write(fields.typeflag, 156, 'latin1');
  block.set(fields.linkname.subarray(0, 100), 157);
  block.write('ustar\x0000', 257, 'latin1');
  putOctal(block, fields.major, 329, 8);
  putOctal(block, fields.minor, 337, 8);
  putChecksum(block);
  return block;
}

function putOctal(block: Buffer, value: number, offset: number, length: number): void {
  block.write(value.toString(8).padStart(length - 1, '0'), offset, 'latin1');
}

/** The checksum counts its own field as spaces, and ends with NUL and a space. */
function putChecksum(block: Buffer): void {
  block.fill(0x20, 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
}
