import { formatTable } from '../summary/table';
import type { Finding } from './finding';

const signs = { good: '✓', better: '•', missing: '✗' } as const;
const colours = { good: 32, better: 33, missing: 31 } as const;

/** Findings in aligned columns, each with its remedy below. Colours only for terminals. */
export function formatFindings(findings: readonly Finding[], colour: boolean): string {
  const lines = findings.flatMap(({ what, found, verdict, todo }) => [
    { sign: verdict, cells: [`${signs[verdict]} ${what}`, found] },
    ...(todo === '' ? [] : [{ sign: undefined, cells: ['', `-> ${todo}`] }]),
  ]);
  const rows = formatTable(
    lines.map(({ cells }) => cells),
    [],
  ).split('\n');
  // Colours come last: their codes have no width.
  return rows
    .map((row, at) => {
      const sign = lines[at]?.sign;
      return colour && sign ? `\u001b[${colours[sign]}m${row[0]}\u001b[0m${row.slice(1)}` : row;
    })
    .join('\n');
}
