import { printJunit } from './printJunit';
import { printMarkdown } from './printMarkdown';
import { printSarif } from './printSarif';
import { printTable } from './printTable';
import type { ScanReport } from './schema';

/** The forms of a report: its text, and how its file's name ends. */
export const reportFormats = {
  table: { ending: 'txt', print: printTable },
  json: { ending: 'json', print: (report: ScanReport) => `${JSON.stringify(report)}\n` },
  sarif: { ending: 'sarif', print: printSarif },
  junit: { ending: 'junit.xml', print: printJunit },
  markdown: { ending: 'md', print: printMarkdown },
} as const;

export type ReportFormat = keyof typeof reportFormats;

export const reportFormatNames = Object.keys(reportFormats) as [ReportFormat, ...ReportFormat[]];
