import { resolve } from 'node:path';
import type { Tree } from '@nx/devkit';
import {
  type AuditRecord,
  type ChainEnd,
  csvHeader,
  toCloudEvent,
  toCsv,
  type Verified,
  verifyLog,
} from '@prism-build/audit';
import { renderFailures } from '@prism-build/errors';
import { writeFileAtomic } from '@prism-build/shell';
import { directoriesOf } from '@prism-build/workspace';
import { finish } from '../nx/finish';
import { parseOptions } from '../nx/parseOptions';
import { formatTable } from '../summary/table';
import { type AuditOptions, auditOptions } from './options';

/**
 * The `audit` generator: `nx g prism:audit [--last=20] [--head=…] [--export=csv] [--json --quiet]`. Verifies the audit log and
 * prints its records. Throws if the log is damaged, after everything is printed or exported.
 */
export async function audit(tree: Tree, value: unknown): Promise<void> {
  const options = finish(parseOptions(auditOptions, value, 'prism:audit'));
  const directory = directoriesOf(tree.root, process.env).audit;
  const records: AuditRecord[] = [];
  const verified = finish(
    await verifyLog(directory, options.head === undefined ? [] : [parseHead(options.head)], (record) => {
      records.push(record);
      if (options.export === undefined && records.length > options.last) records.shift();
    }),
  );
  if (options.export !== undefined) writeExport(tree.root, options, records);
  else process.stdout.write(options.json ? encode(verified, records) : describe(verified, records));
  if (verified.failures.length > 0) throw new Error(renderFailures(verified.failures));
}

function parseHead(text: string): ChainEnd {
  const at = text.indexOf(':');
  return { sequence: Number(text.slice(0, at)), digest: text.slice(at + 1) };
}

function writeExport(
  root: string,
  { export: format, output }: AuditOptions,
  records: readonly AuditRecord[],
): void {
  const text =
    format === 'csv'
      ? csvHeader + records.map(toCsv).join('')
      : `[${records.map((record) => `\n${JSON.stringify(toCloudEvent(record))}`).join(',')}\n]\n`;
  if (output === undefined) process.stdout.write(text);
  else writeFileAtomic(resolve(root, output), text);
}

function encode(
  { records: count, end, failures, unfinished }: Verified,
  records: readonly AuditRecord[],
): string {
  return `${JSON.stringify({ version: 1, count, end, unfinished, failures, records })}\n`;
}

function describe(
  { records: count, end, failures, unfinished }: Verified,
  records: readonly AuditRecord[],
): string {
  if (count === 0 && failures.length === 0) return 'The audit log has no record.\n';
  const rows = records.map(({ sequence, time, actor, event, subject, outcome, causes }) => [
    String(sequence),
    time,
    actor,
    event,
    subject.name,
    subject.digest?.replace('sha256:', '').slice(0, 12) ?? '-',
    outcome,
    causes[0] ?? '',
  ]);
  const table = formatTable(
    [['number', 'time', 'actor', 'event', 'image', 'digest', 'outcome', 'cause'], ...rows],
    [0],
  );
  const state = failures.length > 0 ? 'damaged' : 'intact';
  const note = unfinished
    ? 'A process was killed while it wrote the last line; the next record replaces that line.\n'
    : '';
  return `${records.length > 0 ? `${table}\n` : ''}${note}${count} records, ${state}; the last is ${end.sequence}:${end.digest}\n`;
}
