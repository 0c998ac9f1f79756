import type { AuditRecord } from './record';

/** The end of a chain. The digest is undefined behind a line that is not a record, because what the line was is unknown. */
export interface LooseEnd {
  readonly sequence: number;
  readonly digest: string | undefined;
}

/** Why a record is not the one after `end`; undefined if it is. */
export interface Fault {
  readonly what: string;
  /** Whether the faulty line is the one before the record. */
  readonly before: boolean;
}

export function findFault({ sequence, digest }: LooseEnd, record: AuditRecord): Fault | undefined {
  const next = sequence + 1;
  if (record.sequence > next)
    return { what: `${span(next, record.sequence - 1)} missing before this line`, before: false };
  if (record.sequence < next)
    return { what: `record ${record.sequence} stands where record ${next} belongs`, before: false };
  if (digest === undefined || record.previous === digest) return undefined;
  return {
    what: `record ${sequence} was changed: its digest is not the one in record ${next}`,
    before: true,
  };
}

export const notRecord = 'this line is not a record';

/** Records by number, for a sentence about them. */
export function span(first: number, last: number): string {
  return first === last ? `record ${first} is` : `records ${first} to ${last} are`;
}
