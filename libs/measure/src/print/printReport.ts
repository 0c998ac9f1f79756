import { printQuantity } from '../budgets/quantity';
import { sumParts } from '../compare/compareParts';
import type { BenchReport, StartReport, TransferReport } from '../report/schema';
import { printBudget } from './printBudgets';
import { type Comparison, printComparison, printComparisonMarkdown } from './printComparison';

const SHOWN = 8;

/** A report, and how the image differs from an earlier one. */
export interface PrintedReport {
  readonly report: BenchReport;
  /** The earlier image's name, and the differences by platform; undefined if there is none to compare with. */
  readonly compared: { readonly against: string; readonly platforms: readonly Comparison[] } | undefined;
}

/** Forms of a result by name. */
export const benchFormats: Readonly<
  Record<'text' | 'markdown' | 'json', (printed: PrintedReport) => string>
> = {
  text: ({ report, compared }) =>
    [
      ...report.budgets.map(printBudget),
      ...(compared
        ? [printComparison(report.image, compared.against, compared.platforms)]
        : printSizes(report)),
      ...(report.start ? printStart(report.start) : []),
      ...(report.transfer ? [printTransfer(report.transfer)] : []),
      ...report.skipped.map(({ what, why }) => `  not measured: ${what}, because ${why}\n`),
    ].join(''),
  markdown: ({ report, compared }) =>
    `${printComparisonMarkdown(report.image, compared?.against ?? 'nothing', compared?.platforms ?? [])}${printBudgetList(report)}`,
  json: ({ report }) => `${JSON.stringify(report)}\n`,
};

function printSizes({ image, platforms }: BenchReport): string[] {
  return platforms.flatMap(({ platform, uncompressedSize, size, parts = [] }) => {
    const packages = [...sumParts(parts).values()].sort((a, b) => b.size - a.size);
    return [
      `  ${image} on ${platform}: ${bytes(uncompressedSize)}, compressed ${bytes(size)}\n`,
      ...packages.slice(0, SHOWN).map(({ kind, name, version, size }) => {
        const text = version === undefined ? name : `${name} ${version}`;
        return `    ${bytes(size).padStart(8)}  ${kind} ${text}\n`;
      }),
      ...(packages.length > SHOWN ? [`    and ${packages.length - SHOWN} more\n`] : []),
    ];
  });
}

function printStart({ sides, noise, runs, probe }: StartReport): string[] {
  const noisy = noise.tooNoisy
    ? [
        `  the machine is too noisy to judge times: a fixed calculation varies by ${percent(noise.spread)}, the limit is ${percent(noise.limit)}\n`,
      ]
    : [];
  const lines = sides.map(({ where, engine, ready, floor, ratio, idle, peak }) => {
    const interval = `${ready.low.toFixed(1)} to ${ready.high.toFixed(1)} ms`;
    const above = `${(ready.median - floor.median).toFixed(1)} ms above the floor of ${floor.median.toFixed(1)} ms, ratio ${ratio.toFixed(2)}`;
    const memory =
      idle && peak ? `; memory ${bytes(idle.median)} PSS, at most ${bytes(peak.median)} resident` : '';
    return `  ready ${engine ?? where}: ${ready.median.toFixed(1)} ms (95 % interval ${interval}), ${above}${memory}\n`;
  });
  return [...noisy, ...lines, `  median of ${runs} starts, until ${probe}\n`];
}

function printTransfer({ engine, bytes: size, pull, load }: TransferReport): string {
  return `  ${engine} pulls ${bytes(size)} in ${pull.median.toFixed(0)} ms from a registry on loopback, and loads them in ${load.median.toFixed(0)} ms\n`;
}

function percent(part: number): string {
  return `${(part * 100).toFixed(0)} %`;
}

function printBudgetList({ budgets }: BenchReport): string {
  if (budgets.length === 0) return '';
  return `\n${budgets.map((budget) => `- ${printBudget(budget).trim().replace(/ {2,}/g, ' · ')}\n`).join('')}`;
}

function bytes(value: number): string {
  return printQuantity(value, 'bytes');
}
