import { axisX, barX, gridX, text, tickX } from '@observablehq/plot';
import { formatBytes, shorten } from '../format';
import type { SizeMarks } from '../marks/sizes';
import type { Markup } from '../markup';
import { besides, draw, label } from './drawing';

const ROW = 44;

/** The size ladder: a bar for each image, the part of its base in grey, and a line where the budget ends. */
export function drawSizes(id: string, project: string, { rungs }: SizeMarks): Markup {
  const largest = Math.max(...rungs.map(({ size }) => size));
  // A budget far beyond all images would shrink every bar; then only the tables name it.
  const limited = rungs.filter(({ limit }) => limit !== undefined && limit <= 1.6 * largest);
  const most = Math.max(largest, ...limited.map(({ limit }) => limit!));
  const row = { y: 'image', insetTop: 20, insetBottom: 10 };
  const said = {
    id,
    title: `Sizes of the images of ${project}`,
    description: rungs
      .map(({ label, size, limit, over }) => {
        const state = over ? 'over' : 'within';
        return `${label}: ${formatBytes(size)}${limit === undefined ? '' : `, ${state} its budget of ${formatBytes(limit)}`}.`;
      })
      .join(' '),
  };
  return draw(
    said,
    {
      height: rungs.length * ROW + 34,
      ...{ marginLeft: 1, marginRight: 14, marginTop: 4, marginBottom: 30 },
      x: { domain: [0, most / 1e6], nice: true, label: null },
      y: { type: 'band', domain: rungs.map(({ image }) => image), padding: 0, axis: null },
    },
    [
      gridX({ ticks: 4, stroke: 'var(--line)', strokeOpacity: 1 }),
      axisX({
        color: 'var(--muted)',
        ticks: 4,
        tickSize: 0,
        tickFormat: (megabytes: number) => (megabytes === 0 ? '0' : `${megabytes} MB`),
      }),
      barX(rungs, {
        ...row,
        x1: 0,
        x2: ({ base }) => base / 1e6,
        fill: 'var(--base)',
        title: ({ label, base }) => `${label}: ${formatBytes(base)} from the base`,
      }),
      barX(rungs, {
        ...row,
        x1: ({ base }) => base / 1e6,
        x2: ({ size }) => size / 1e6,
        fill: ({ over }) => (over ? 'var(--over)' : 'var(--accent)'),
        title: ({ label, size, base }) => `${label}: ${formatBytes(size - base)} of its own`,
      }),
      tickX(limited, {
        ...{ ...row, insetTop: 16, insetBottom: 6 },
        x: ({ limit }) => limit! / 1e6,
        ...{ stroke: 'var(--budget)', strokeWidth: 2 },
        title: ({ limit }) => `budget: ${formatBytes(limit!)}`,
      }),
      text(rungs, { ...label, y: 'image', text: ({ label }) => shorten(label, 24) }),
      text(rungs, {
        ...besides,
        y: 'image',
        text: ({ size, compressed, over }) =>
          `${over ? '✕ over · ' : ''}${formatBytes(size)} · ${formatBytes(compressed)} packed`,
      }),
    ],
  );
}
