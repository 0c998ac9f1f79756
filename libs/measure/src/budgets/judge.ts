import type { Distribution, JudgedBudget, PlatformSizes, StartReport, StartSide } from '../report/schema';
import type { Budget } from './readBudgets';

/** Sizes of an earlier image by platform, and its name. */
export interface Baseline {
  readonly name: string;
  readonly sizes: ReadonlyMap<string, number>;
}

/** Judges the budgets of size. Pure, from digest.json alone. */
export function judgeSizes(
  budgets: readonly Budget[],
  platforms: readonly Pick<PlatformSizes, 'platform' | 'uncompressedSize'>[],
  baseline: Baseline | undefined,
): JudgedBudget[] {
  return budgets.flatMap((budget): JudgedBudget[] => {
    if (budget.name === 'maxSize')
      return platforms.map(({ platform, uncompressedSize }) => ({
        ...describe(budget),
        ...{ platform, actual: uncompressedSize },
        verdict: uncompressedSize > budget.limit.value ? 'over' : 'within',
      }));
    if (budget.name !== 'maxGrowth') return [];
    return platforms.map(({ platform, uncompressedSize }) => {
      const before = baseline?.sizes.get(platform);
      const base = { ...describe(budget), platform };
      if (before === undefined) {
        const why = baseline
          ? `${baseline.name} has no ${platform}`
          : 'no image to compare with is named (--against)';
        return { ...base, verdict: 'unmeasured', why };
      }
      const grown = uncompressedSize - before;
      const actual = budget.limit.unit === 'percent' ? (grown / before) * 100 : grown;
      return {
        ...base,
        actual,
        verdict: actual > budget.limit.value ? 'over' : 'within',
        why: `against ${baseline?.name}`,
      };
    });
  });
}

/** Judges the budgets of time and memory. What was not measured is `unmeasured`, for the reason `why`. */
export function judgeStart(
  budgets: readonly Budget[],
  start: StartReport | undefined,
  why: string,
): JudgedBudget[] {
  // The engine's own time is in the floor, but its noise is not: the program alone is judged where it was measured.
  const side = start?.sides.find(({ where }) => where === 'bare') ?? start?.sides[0];
  return budgets.flatMap((budget): JudgedBudget[] => {
    if (budget.name !== 'maxStartup' && budget.name !== 'maxMemory') return [];
    if (!start || !side) return [{ ...describe(budget), verdict: 'unmeasured', why }];
    const found = budget.name === 'maxMemory' ? side.idle : timeOf(side, budget.limit.unit === 'ratio');
    const base = { ...describe(budget), side: side.where };
    if (!found) return [{ ...base, verdict: 'unmeasured', why: 'memory was not measured' }];
    const { median, low, high } = found;
    const judged = { ...base, actual: median };
    if (budget.name === 'maxStartup' && start.noise.tooNoisy)
      return [{ ...judged, verdict: 'unclear', why: 'the machine is too noisy to judge times' }];
    if (median <= budget.limit.value) return [{ ...judged, verdict: 'within' }];
    if (low > budget.limit.value) return [{ ...judged, verdict: 'over' }];
    const range = `the limit is within the confidence interval, ${low.toFixed(2)} to ${high.toFixed(2)}`;
    return [{ ...judged, verdict: 'unclear', why: range }];
  });
}

/** The time above the floor, or its ratio to the floor. */
function timeOf({ ready, floor }: StartSide, ratio: boolean): Pick<Distribution, 'median' | 'low' | 'high'> {
  const change = (value: number) => (ratio ? value / floor.median : Math.max(value - floor.median, 0));
  return { median: change(ready.median), low: change(ready.low), high: change(ready.high) };
}

function describe({ name, text, limit, from, at }: Budget) {
  return {
    ...{ name, text, limit: limit.value, unit: limit.unit, from },
    ...(at && { at: { file: at.file, line: at.line ?? 1 } }),
  };
}
