import { type AuditRecord, type ChainEnd, lineDigest, parseLine } from './record';

/** How a line continues a chain. */
export type Step =
  | { readonly ok: true; readonly record: AuditRecord; readonly end: ChainEnd }
  | { readonly ok: false; readonly what: string };

/** Checks that a line is the record after `end`. */
export function stepChain(end: ChainEnd, line: string): Step {
  const record = parseLine(line);
  if (!record) return { ok: false, what: 'this line is not a record' };
  const expected = end.sequence + 1;
  if (record.sequence !== expected)
    return { ok: false, what: `record ${record.sequence} stands where record ${expected} belongs` };
  if (record.previous !== end.digest)
    return {
      ok: false,
      what: `record ${expected} follows a line with digest ${record.previous}, and the line before has ${end.digest}`,
    };
  return { ok: true, record, end: { sequence: expected, digest: lineDigest(line) } };
}
