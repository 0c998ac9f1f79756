import type { PaxRecords } from './paxRecords';

const schily = 'SCHILY.xattr.';
const libarchive = 'LIBARCHIVE.xattr.';

type Xattrs = Readonly<Record<string, Uint8Array>>;

/**
 * Extended attributes of pax records: those of star, as bytes, which the engines read; else
 * those of libarchive (name in percent-encoding, value in base64).
 */
export function xattrsOf(records: PaxRecords): Xattrs | undefined {
  const found = new Map<string, Uint8Array>();
  for (const [key, value] of records)
    if (key.startsWith(libarchive)) found.set(decodeName(key.slice(libarchive.length)), decodeValue(value));
  for (const [key, value] of records)
    if (key.startsWith(schily)) found.set(key.slice(schily.length), new Uint8Array(value));
  return found.size > 0 ? Object.fromEntries(found) : undefined;
}

function decodeName(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    throw new Error(`the name of an extended attribute is damaged: ${name}`);
  }
}

function decodeValue(value: Buffer): Uint8Array {
  const text = value.toString('latin1').trimEnd();
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) throw new Error('the value of an extended attribute is damaged');
  return new Uint8Array(Buffer.from(text, 'base64'));
}
