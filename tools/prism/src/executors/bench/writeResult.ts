import { relative, resolve } from 'node:path';
import { ok, type Result } from '@prism-build/errors';
import { benchFormats, encodeBenchReport, type PrintedReport } from '@prism-build/measure';
import { attempt, writeFileAtomic } from '@prism-build/shell';
import { reportPath } from '../../measuring/benchDirectories';
import type { BenchOptions } from './options';

/**
 * Writes report.json, unless only sizes were judged, and the file that `output` names; returns the text for the terminal.
 * Failures: DISK_FULL, FILE_UNWRITABLE.
 */
export async function writeResult(
  printed: PrintedReport,
  { sizesOnly, format, output }: BenchOptions,
  root: string,
): Promise<Result<string>> {
  const { report } = printed;
  const file = sizesOnly ? undefined : reportPath(root, report.project, report.variant);
  const text = benchFormats[format](printed);
  const target =
    output && resolve(root, output.replaceAll('{image}', report.image.replace(/[^\w.+-]+/g, '-')));
  const written = await attempt('cannot write the result of bench', () => {
    if (file !== undefined) writeFileAtomic(file, encodeBenchReport(report));
    if (target !== undefined) writeFileAtomic(target, text);
  });
  if (!written.ok) return written;
  if (format !== 'text') return ok(text);
  return ok(file === undefined ? text : `${text}  ${relative(root, file)}\n`);
}
