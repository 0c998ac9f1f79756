import type { FixGroup } from './groupByFix';
import { printIds } from './printReachability';
import type { ScanReport } from './schema';
import { countAccepted, printExploitation, selectParts, verdictWords } from './select';

/** A report for a terminal: the verdict, a row for each change that fixes something, and everything else that blocks. */
export function printTable(report: ScanReport): string {
  const { groups, others, notes, gone } = selectParts(report);
  const header = ['what', 'installed', 'fixed in', 'where from', 'how to fix'];
  const lines = alignColumns([header, ...groups.map(rowOf)]);
  // The advisories are listed below their row, so an update that fixes nine is one row.
  const table =
    groups.length === 0
      ? []
      : [lines[0]!, ...groups.flatMap((one, index) => [lines[index + 1]!, listIds(one)])];
  const counted = countAccepted(report);
  return [
    `${report.image}: ${verdictWords[report.verdict]}${counted ? ` (${counted})` : ''}`,
    ...[...table, ...others.flatMap((one) => one.split('\n')), ...notes.map((one) => `note: ${one}`)].map(
      (line) => `  ${line}`,
    ),
    ...gone.map(({ id, package: name, installed }) => `  gone: ${id} ${name} ${installed}`),
    '',
  ].join('\n');
}

function rowOf({ worst, packages, origins, fix }: FixGroup): string[] {
  const [first, ...more] = packages;
  const [place, ...places] = origins;
  const and = (list: readonly unknown[]) => (list.length > 0 ? ` and ${list.length} more` : '');
  return [
    `${worst} ${first!.package}${and(more)}`,
    first!.installed,
    first!.fixedIn ?? '-',
    `${place}${and(places)}`,
    fix,
  ];
}

function listIds({ packages, findings }: FixGroup): string {
  const others = packages.slice(1).map(({ package: name, installed }) => `${name} ${installed}`);
  const exploitation = printExploitation(findings);
  const parts = [
    printIds(findings),
    ...(others.length > 0 ? [`also ${others.join(', ')}`] : []),
    exploitation,
  ];
  return `    ${parts.filter(Boolean).join('; ')}`;
}

function alignColumns(rows: readonly (readonly string[])[]): string[] {
  const widths = rows.reduce<number[]>(
    (all, row) => row.map((cell, at) => Math.max(cell.length, all[at] ?? 0)),
    [],
  );
  return rows.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at]!))
      .join('  ')
      .trimEnd(),
  );
}
