import { byCodeUnit } from './canonicalJson';
import type { Entry } from './entry';
import { encodeHeader, type HeaderFields, paddingOf } from './tarHeader';

const NAME_ROOM = 100;
const NOTHING = new Uint8Array(0);

export function needsPax(entry: Entry, fields: HeaderFields): boolean {
  return collectRecords(entry, fields).length > 0;
}

/** The extended header that goes before an entry: its own header, its records, padding. */
export function encodePax(entry: Entry, fields: HeaderFields): Uint8Array {
  const records = Buffer.concat(
    collectRecords(entry, fields).map(([key, value]) => encodeRecord(key, value)),
  );
  const header = encodeHeader({
    name: Buffer.from('PaxHeaders.0'),
    typeflag: 'x',
    mode: 0o644,
    uid: 0,
    gid: 0,
    size: records.length,
    mtime: 0,
    linkname: NOTHING,
    major: 0,
    minor: 0,
  });
  return Buffer.concat([header, records, new Uint8Array(paddingOf(records.length))]);
}

/** Only values that do not fit the ustar header, sorted by key, so that each entry has one encoding. */
function collectRecords(entry: Entry, fields: HeaderFields): [string, Uint8Array][] {
  const records: [string, Uint8Array][] = Object.entries(entry.xattrs ?? {}).map(([name, value]) => [
    `SCHILY.xattr.${name}`,
    value,
  ]);
  const add = (key: string, value: string | Uint8Array) => records.push([key, Buffer.from(value)]);
  if (!fitsText(fields.name)) add('path', fields.name);
  if (!fitsText(fields.linkname)) add('linkpath', fields.linkname);
  if (fields.uid > 0o7777777) add('uid', String(fields.uid));
  if (fields.gid > 0o7777777) add('gid', String(fields.gid));
  if (fields.size > 0o77777777777) add('size', String(fields.size));
  return records.sort(([a], [b]) => byCodeUnit(a, b));
}

function fitsText(text: Uint8Array): boolean {
  return text.length <= NAME_ROOM && text.every((byte) => byte < 0x80);
}

/** `<length> <key>=<value>\n`, where the length counts its own digits. */
function encodeRecord(key: string, value: Uint8Array): Uint8Array {
  const body = Buffer.concat([Buffer.from(` ${key}=`), value, Buffer.from('\n')]);
  let length = body.length + 1;
  while (String(length).length + body.length !== length) length = String(length).length + body.length;
  return Buffer.concat([Buffer.from(String(length)), body]);
}
