/**
 * Rows as aligned columns; the given columns are aligned to the right. The last line ends with a newline. Every table of
 * this repository is printed here. cli-table3 and table print the same with borders switched off, and would be loaded at
 * the end of every command of nx.
 */
export function formatTable(rows: readonly (readonly string[])[], right: readonly number[]): string {
  const widths = rows.reduce<number[]>(
    (all, row) => row.map((cell, at) => Math.max(cell.length, all[at] ?? 0)),
    [],
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, at) => (right.includes(at) ? cell.padStart(widths[at]!) : cell.padEnd(widths[at]!)))
      .join('  ');
  return rows.map((row) => `${line(row).trimEnd()}\n`).join('');
}
