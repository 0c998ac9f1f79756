import type { Distribution, StartSide } from '@prism-build/measure';
import { type Component, isOver, labelOf } from '../components';

/** The runs of an image or the floor, their median and its interval of confidence. Milliseconds. */
interface StartRow {
  readonly key: string;
  readonly label: string;
  readonly kind: 'floor' | 'ready';
  /** All runs, outliers too. */
  readonly values: readonly number[];
  readonly median: number;
  readonly low: number;
  readonly high: number;
  /** Where the budget ends on this scale, which includes the floor. */
  readonly limit?: number;
  readonly over: boolean;
}

export interface StartMarks {
  readonly where: StartSide['where'];
  readonly rows: readonly StartRow[];
}

/** The distributions of start-up times, a chart for each way of starting: the floor, then each image. */
export function startMarks({ images }: Component): StartMarks[] {
  return (['bare', 'container'] as const).flatMap((where) => {
    const sides = images.flatMap((report) => {
      const side = report.start?.sides.find((one) => one.where === where);
      return side ? [{ report, side }] : [];
    });
    const [first] = sides;
    if (!first) return [];
    const floor: StartRow = {
      ...describe(first.side.floor),
      key: '',
      label: 'floor: a program that does nothing',
      kind: 'floor',
      over: false,
    };
    const rows = sides.map(({ report, side }): StartRow => {
      const budget = report.budgets.find(
        ({ name, side: judged }) => name === 'maxStartup' && judged === where,
      );
      return {
        ...describe(side.ready),
        key: report.image,
        label: labelOf(report),
        kind: 'ready',
        ...(budget && { limit: limitOn(side, budget.unit, budget.limit) }),
        over: budget !== undefined && isOver(budget),
      };
    });
    return [{ where, rows: [floor, ...rows] }];
  });
}

/** A budget in milliseconds counts from the floor; a ratio multiplies it. */
function limitOn({ floor }: StartSide, unit: string, limit: number): number {
  return unit === 'ratio' ? floor.median * limit : floor.median + limit;
}

function describe({ values, median, low, high }: Distribution) {
  return { values, median, low, high };
}
