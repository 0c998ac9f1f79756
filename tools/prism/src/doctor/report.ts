import type { Finding } from './examine';

const signs = { good: '✓', better: '•', missing: '✗' } as const;
const colours = { good: 32, better: 33, missing: 31 } as const;

/** Findings in aligned columns, each with its remedy below. Colours only for terminals. */
export function formatFindings(findings: readonly Finding[], colour: boolean): string {
  const width = Math.max(...findings.map(({ what }) => what.length));
  return findings
    .map(({ what, found, verdict, todo }) => {
      const sign = colour ? `\u001b[${colours[verdict]}m${signs[verdict]}\u001b[0m` : signs[verdict];
      const line = `${sign} ${what.padEnd(width)}  ${found}\n`;
      return todo === '' ? line : `${line}  ${' '.repeat(width)}  -> ${todo}\n`;
    })
    .join('');
}
