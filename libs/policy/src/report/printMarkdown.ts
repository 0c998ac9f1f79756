import { printIds } from './printReachability';
import type { ScanReport } from './schema';
import { countAccepted, printExploitation, selectParts, verdictWords } from './select';

/** A report for the summary of a workflow or a comment: GitHub Flavored Markdown. */
export function printMarkdown(report: ScanReport): string {
  const { groups, others, notes, gone } = selectParts(report);
  const rows = groups.map(({ worst, packages, origins, fix, findings }) =>
    [
      worst,
      packages
        .map(
          ({ package: name, installed, fixedIn }) => `${name} ${installed}${fixedIn ? ` → ${fixedIn}` : ''}`,
        )
        .join(', '),
      [printIds(findings), printExploitation(findings)].filter(Boolean).join('; '),
      origins.join(', '),
      fix,
    ].map(escapeCell),
  );
  const table = [
    '| severity | package | advisories | where from | how to fix |',
    '|---|---|---|---|---|',
    ...rows.map((cells) => `| ${cells.join(' | ')} |`),
  ];
  const list = (items: readonly string[]) =>
    items.map((item) => `- ${escapeText(item.replaceAll('\n', ' '))}`);
  const counted = countAccepted(report);
  return [
    `## ${report.verdict === 'allow' ? '✅' : '❌'} ${escapeText(report.image)}: ${verdictWords[report.verdict]}`,
    ...(rows.length > 0 ? [table.join('\n')] : []),
    ...(others.length > 0 ? [list(others).join('\n')] : []),
    ...(gone.length > 0
      ? [list(gone.map(({ id, package: name, installed }) => `gone: ${id} ${name} ${installed}`)).join('\n')]
      : []),
    ...(notes.length > 0 ? [list(notes).join('\n')] : []),
    ...(counted ? [`${counted}.`] : []),
  ]
    .join('\n\n')
    .concat('\n');
}

function escapeCell(text: string): string {
  return escapeText(text).replaceAll('|', '\\|').replaceAll('\n', ' ');
}

/** Names of packages and paths may have any character; none may begin markup. */
function escapeText(text: string): string {
  return text.replace(/[\\`*_[\]<>#]/g, (one) => `\\${one}`);
}
