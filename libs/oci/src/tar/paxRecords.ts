import { decodeText } from './text';

/** Records of an extended header in their order, since the sparse format 0.0 repeats keys. Values are bytes. */
export type PaxRecords = readonly (readonly [key: string, value: Buffer])[];

/** `<length> <key>=<value>\n`, where the length counts all of it (POSIX pax). Throws an Error on anything else. */
export function parsePaxRecords(bytes: Buffer): PaxRecords {
  const records: [string, Buffer][] = [];
  for (let at = 0; at < bytes.length; ) {
    // GNU tar pads with NULs where a record was shortened.
    if (bytes[at] === 0 && bytes.subarray(at).every((byte) => byte === 0)) break;
    const space = bytes.indexOf(0x20, at);
    const digits = space < 0 ? '' : bytes.toString('latin1', at, space);
    const end = at + Number(digits);
    const equals = bytes.indexOf(0x3d, space);
    const whole = /^\d{1,9}$/.test(digits) && end <= bytes.length && bytes[end - 1] === 0x0a;
    if (!whole || equals <= space + 1 || equals >= end) throw new Error('a pax record is damaged');
    const key = decodeText(bytes.subarray(space + 1, equals), 'the key of a pax record');
    records.push([key, Buffer.from(bytes.subarray(equals + 1, end - 1))]);
    at = end;
  }
  return records;
}

/** The effective value: the last one. An empty value means the header's own (POSIX). */
export function findRecord(records: PaxRecords, key: string): Buffer | undefined {
  const value = records.findLast(([one]) => one === key)?.[1];
  return value?.length ? value : undefined;
}
