/**
 * A number of a header: octal digits between spaces and NULs (POSIX), or GNU's base-256 form for other
 * numbers. Throws an Error on anything else and on unsafe integers.
 */
export function readNumber(field: Buffer, what: string): number {
  return (field[0]! & 0x80) !== 0 ? readBase256(field, what) : readOctal(field, what);
}

/** The same without negative numbers. */
export function readCount(field: Buffer, what: string): number {
  const value = readNumber(field, what);
  if (value < 0) throw new Error(`its ${what} is negative`);
  return value;
}

/** Digits of a pax record or of a sparse map. */
export function parseCount(text: string, what: string): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(value)) throw new Error(`its ${what} is not an integer: ${JSON.stringify(text)}`);
  return value;
}

function readOctal(field: Buffer, what: string): number {
  const text = field.toString('latin1').replace(/^[ \0]+|[ \0]+$/g, '');
  // Bytes after a NUL are not part of the number.
  const [digits = ''] = text.split(/[ \0]/, 1);
  if (!/^[0-7]*$/.test(digits))
    throw new Error(`its ${what} is not an octal number: ${JSON.stringify(text)}`);
  return digits === '' ? 0 : Number.parseInt(digits, 8);
}

/** Two's complement, big-endian, without the topmost bit, which marks the form. */
function readBase256(field: Buffer, what: string): number {
  const negative = (field[0]! & 0x40) !== 0;
  let value = negative ? -1n : 0n;
  for (const [at, byte] of field.entries()) {
    const bits = at === 0 ? (negative ? byte | 0x80 : byte & 0x7f) : byte;
    value = (value << 8n) | BigInt(bits);
  }
  const number = Number(BigInt.asIntN(field.length * 8 + 8, value));
  if (!Number.isSafeInteger(number)) throw new Error(`its ${what} is out of range`);
  return number;
}
