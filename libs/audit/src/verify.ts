import { auditFailure, type Failure, type Result } from '@prism-build/errors';
import { attempt } from '@prism-build/shell';
import { findFault, type LooseEnd, notRecord, span } from './chain';
import { readHead } from './head';
import { listFiles, readLines } from './logFiles';
import { type AuditRecord, type ChainEnd, lineDigest, parseLine, start } from './record';

/** The result of a verification. */
export interface Verified {
  readonly records: number;
  /** The end of the log as it is. */
  readonly end: ChainEnd;
  /** Every change, gap and truncation; empty for an intact log. */
  readonly failures: readonly Failure[];
  /** A killed writer left the last line unfinished. The next record replaces it. */
  readonly unfinished: boolean;
}

/**
 * Reads a whole log and checks every line.
 *
 * @param expected heads that were kept elsewhere: records that the log must contain, besides that of head.json
 * @param visit called with each record, in order
 */
export async function verifyLog(
  directory: string,
  expected: readonly ChainEnd[] = [],
  visit: (record: AuditRecord) => void = () => undefined,
): Promise<Result<Verified>> {
  return attempt(`the audit log ${directory} cannot be read`, async () => {
    const head = readHead(directory);
    const heads = [...(head ? [{ ...head, from: 'head.json' }] : []), ...expected.map(named)];
    const chain = openChain(new Set(heads.map(({ sequence }) => sequence)));
    for (const file of listFiles(directory))
      for await (const { text, number, complete } of readLines(directory, file)) {
        const record = complete ? chain.add(text, { file, line: number }) : chain.leaveOpen();
        if (record) visit(record);
      }
    const failures = [
      ...(head ? [] : [fail('this file is not the head of an audit log', { file: 'head.json' })]),
      ...chain.failures,
      ...heads.flatMap((one) => chain.compare(one)),
    ];
    return { records: chain.count(), end: chain.end(), failures, unfinished: chain.isOpen() };
  });
}

type Named = ChainEnd & { readonly from: string };
type Place = { readonly file: string; readonly line?: number };

const named = (end: ChainEnd): Named => ({ ...end, from: `the head ${end.sequence}:${end.digest}` });

/** Follows the lines of a log. After a fault it goes on with the line as it is, so that each fault is named once. */
function openChain(wanted: ReadonlySet<number>) {
  let end: LooseEnd & { readonly place?: Place } = start;
  let [records, open] = [0, false];
  const digests = new Map<number, string>([[0, start.digest]]);
  const failures: Failure[] = [];
  const judge = (record: AuditRecord, place: Place): Failure[] => {
    const fault = findFault(end, record);
    return fault ? [fail(fault.what, fault.before ? (end.place ?? place) : place)] : [];
  };
  return {
    failures,
    count: () => records,
    isOpen: () => open,
    end: (): ChainEnd => ({ sequence: end.sequence, digest: end.digest ?? '' }),
    leaveOpen: (): undefined => {
      open = true;
    },
    add: (text: string, place: Place): AuditRecord | undefined => {
      records += 1;
      const record = parseLine(text);
      if (!record) {
        failures.push(fail(notRecord, place));
        end = { sequence: end.sequence + 1, digest: undefined, place };
        return undefined;
      }
      failures.push(...judge(record, place));
      const digest = lineDigest(text);
      end = { sequence: record.sequence, digest, place };
      if (wanted.has(record.sequence)) digests.set(record.sequence, digest);
      return record;
    },
    compare: ({ sequence, digest, from }: Named): Failure[] => {
      if (sequence > end.sequence)
        return [
          fail(`${span(end.sequence + 1, sequence)} missing at the end, which ${from} names`, end.place),
        ];
      const found = digests.get(sequence);
      if (found === undefined || found === digest) return [];
      return [fail(`record ${sequence} was changed: its digest is not the one of ${from}`, end.place)];
    },
  };
}

function fail(what: string, at: Place | undefined): Failure {
  return auditFailure('AUDIT_DAMAGED', { what, at });
}
