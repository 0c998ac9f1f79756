import { axisX, barX, gridX, text, tickX } from '@observablehq/plot';
import { formatMilliseconds, shorten } from '../format';
import type { StartMarks } from '../marks/starts';
import type { Markup } from '../markup';
import { besides, draw, label } from './drawing';

const ROW = 44;
/** Start-up times: a thin line for each run, a band for the interval of the median, a thick line for the median. */
export function drawStarts(id: string, project: string, { where, rows }: StartMarks): Markup {
  const largest = Math.max(...rows.flatMap(({ values }) => values));
  const limited = rows.filter(({ limit }) => limit !== undefined && limit <= 1.6 * largest);
  const most = Math.max(largest, ...limited.map(({ limit }) => limit!));
  const colours = { floor: 'var(--muted)', ready: 'var(--accent)', over: 'var(--over)' };
  const runs = rows.flatMap(({ key, kind, over, values }) =>
    values.map((value) => ({ key, value, colour: over ? ('over' as const) : kind })),
  );
  const said = {
    id,
    title: `Time to ready of ${project}, ${where === 'bare' ? 'without an engine' : 'in a container'}`,
    description: rows
      .map(({ label, median, low, high, values }) => {
        const interval = `${formatMilliseconds(low)} to ${formatMilliseconds(high)}`;
        return `${label}: median ${formatMilliseconds(median)}, 95 % confidence ${interval}, ${values.length} runs.`;
      })
      .join(' '),
  };
  return draw(
    said,
    {
      height: rows.length * ROW + 34,
      ...{ marginLeft: 6, marginRight: 14, marginTop: 4, marginBottom: 30 },
      x: { domain: [0, most], nice: true, label: null },
      y: { type: 'band', domain: rows.map(({ key }) => key), padding: 0, axis: null },
    },
    [
      gridX({ ticks: 4, stroke: 'var(--line)', strokeOpacity: 1 }),
      axisX({
        color: 'var(--muted)',
        ticks: 4,
        tickSize: 0,
        tickFormat: (ms: number) => (ms === 0 ? '0' : `${ms} ms`),
      }),
      barX(rows, {
        ...{ x1: 'low', x2: 'high', y: 'key', insetTop: 20, insetBottom: 8 },
        ...{ fill: 'var(--ink)', fillOpacity: 0.15 },
      }),
      // A mark for each colour: as a constant it is written once, not with each line.
      ...Object.entries(colours).map(([name, stroke]) =>
        tickX(
          runs.filter(({ colour }) => colour === name),
          { x: 'value', y: 'key', insetTop: 23, insetBottom: 11, stroke, strokeOpacity: 0.6 },
        ),
      ),
      tickX(rows, {
        ...{ x: 'median', y: 'key', insetTop: 20, insetBottom: 8, strokeWidth: 2.5 },
        stroke: 'var(--ink)',
      }),
      tickX(limited, {
        ...{ x: 'limit', y: 'key', insetTop: 18, insetBottom: 6, stroke: 'var(--budget)', strokeWidth: 2 },
        title: ({ limit }) => `budget ends at ${formatMilliseconds(limit!)}, the floor included`,
      }),
      text(rows, { ...label, y: 'key', text: ({ label }) => shorten(label, 34) }),
      text(rows, {
        ...besides,
        y: 'key',
        text: ({ median, over }) => `${over ? '✕ over · ' : ''}${formatMilliseconds(median)}`,
      }),
    ],
  );
}
