import { axisX, axisY, dot, gridY, line, ruleY } from '@observablehq/plot';
import { formatBytes, formatRatio } from '../format';
import type { TrendMarks } from '../marks/trend';
import type { Markup } from '../markup';
import { draw } from './drawing';

const MOST_DOTS = 30;

/** Size or start by commit, the oldest on the left. The scale does not begin at zero: changes are what matters here. */
export function drawTrend(id: string, image: string, { what, points, limit }: TrendMarks): Markup {
  const unit = what === 'size' ? 1e6 : 1;
  const print = (value: number) => (what === 'size' ? formatBytes(value) : formatRatio(value));
  const values = [...points.map(({ value }) => value), ...(limit === undefined ? [] : [limit])];
  const [least, most] = [Math.min(...values) / unit, Math.max(...values) / unit];
  const slack = (most - least) * 0.15 || most * 0.05;
  const [first, last] = [points[0]!, points.at(-1)!];
  const said = {
    id,
    title: `${what === 'size' ? 'Size' : 'Start as a multiple of the floor'} of ${image} over ${points.length} commits`,
    description:
      `From ${print(first.value)} at ${first.commit.slice(0, 7)} to ${print(last.value)} at ${last.commit.slice(0, 7)}.` +
      (limit === undefined ? '' : ` The budget is ${print(limit)}.`),
  };
  return draw(
    said,
    {
      height: 170,
      ...{ marginLeft: 52, marginRight: 28, marginTop: 12, marginBottom: 30 },
      x: { domain: [0, points.length - 1], label: null },
      y: { domain: [Math.max(0, least - slack), most + slack], nice: true, label: null },
    },
    [
      gridY({ ticks: 4, stroke: 'var(--line)', strokeOpacity: 1 }),
      axisY({
        color: 'var(--muted)',
        ...{ ticks: 4, tickSize: 0 },
        tickFormat: (value: number) => `${value}${what === 'size' ? ' MB' : ' x'}`,
      }),
      axisX([first.at, last.at], {
        color: 'var(--muted)',
        tickSize: 0,
        tickPadding: 8,
        tickFormat: (at: number) => points[at]!.commit.slice(0, 7),
      }),
      ...(limit === undefined
        ? []
        : [
            ruleY([limit / unit], {
              ...{ stroke: 'var(--budget)', strokeWidth: 2, strokeDasharray: '6 3' },
              title: () => `budget: ${print(limit)}`,
            }),
          ]),
      line(points, {
        ...{
          x: 'at',
          stroke: 'var(--accent)',
          strokeWidth: 2,
          curve: what === 'size' ? 'step-after' : 'linear',
        },
        y: ({ value }) => value / unit,
      }),
      // More dots than this lie on each other.
      dot(points.length > MOST_DOTS ? [] : points, {
        ...{ x: 'at', r: 2, fill: 'var(--accent)' },
        y: ({ value }) => value / unit,
      }),
    ],
  );
}
