import type { AuditRecord } from './record';

export const csvHeader = csvLine([
  'sequence',
  'time',
  'actor',
  'event',
  'image',
  'digest',
  'outcome',
  'causes',
  'details',
]);

/** A record as a line of CSV (RFC 4180). */
export function toCsv({
  sequence,
  time,
  actor,
  event,
  subject,
  outcome,
  causes,
  details,
}: AuditRecord): string {
  const more = details ? JSON.stringify(details) : '';
  const cells = [time, actor, event, subject.name, subject.digest ?? '', outcome, causes.join('; '), more];
  return csvLine([String(sequence), ...cells]);
}

/** A record as an event of CloudEvents 1.0 in JSON. */
export function toCloudEvent(record: AuditRecord): object {
  const { event, outcome, subject, time, sequence, previous } = record;
  return {
    specversion: '1.0',
    // Unique in a log, and the same at every export.
    id: `${sequence}-${previous.replace('sha256:', '').slice(0, 16)}`,
    source: '/prism/audit',
    type: `build.prism.${event}.${outcome}`,
    subject: subject.digest === undefined ? subject.name : `${subject.name}@${subject.digest}`,
    time,
    datacontenttype: 'application/json',
    data: record,
  };
}

function csvLine(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

/** Spreadsheets run a cell that begins like a formula, so such a cell gets an apostrophe. */
function csvCell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
