import { printQuantity, type Unit } from '../budgets/quantity';
import type { JudgedBudget } from '../report/schema';

/** A judged budget as one line: `maxSize  linux/amd64  9.81 MB of 10 MB  within`. */
export function printBudget(budget: JudgedBudget): string {
  const { name, text, unit, platform, side, actual, verdict, from, why } = budget;
  const what = [name, platform ?? side].filter(Boolean).join('  ');
  const amount = actual === undefined ? text : `${printAmount(actual, unit, name)} of ${text}`;
  const origin = from === 'default' ? ' (default of the language; the option sets another)' : '';
  return `  ${what}  ${amount}${origin}  ${verdict}${why === undefined ? '' : `: ${why}`}\n`;
}

function printAmount(value: number, unit: Unit, name: JudgedBudget['name']): string {
  return `${name === 'maxGrowth' && value > 0 ? '+' : ''}${printQuantity(value, unit)}`;
}

/** The sentence about a budget that is exceeded. */
export function describeExcess(
  image: string,
  { name, text, unit, platform, side, actual, from }: JudgedBudget,
): string {
  const where =
    platform === undefined
      ? side === undefined
        ? ''
        : ` ${side === 'bare' ? 'without' : 'with'} an engine`
      : ` on ${platform}`;
  const origin = from === 'default' ? ', the default of the language' : '';
  return `${image} exceeds ${name}${where}: ${printAmount(actual ?? 0, unit, name)} of ${text}${origin}`;
}
