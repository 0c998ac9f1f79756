import { rect, text } from '@observablehq/plot';
import { formatBytes, formatShare, shorten } from '../format';
import type { FillingMarks } from '../marks/filling';
import type { Markup } from '../markup';
import { draw } from './drawing';

export const FILLING_HEIGHT = 250;
/** The width of a character of the labels, on average. */
const CHARACTER = 5.7;

/** What fills an image: an area for each part, with its name where there is room. */
export function drawFilling(id: string, image: string, { kinds, cells }: FillingMarks): Markup {
  const named = cells.filter(({ x1, x2, y1, y2 }) => x2 - x1 > 42 && y2 - y1 > 15);
  const sized = named.filter(({ x1, x2, y1, y2 }) => x2 - x1 > 50 && y2 - y1 > 30);
  const at = { x: 'x1', y: 'y1', dx: 5, textAnchor: 'start', lineAnchor: 'middle' } as const;
  const room = ({ x1, x2 }: { x1: number; x2: number }) => Math.floor((x2 - x1 - 8) / CHARACTER);
  const said = {
    id,
    title: `What fills ${image}`,
    description: kinds
      .map(({ kind, size, share }) => `${kindName[kind]}: ${formatBytes(size)}, ${formatShare(share)}.`)
      .join(' '),
  };
  return draw(
    said,
    {
      height: FILLING_HEIGHT,
      margin: 0,
      x: { type: 'identity', axis: null },
      y: { type: 'identity', axis: null },
    },
    [
      rect(cells, {
        ...{ x1: 'x1', x2: 'x2', y1: 'y1', y2: 'y2', rx: 2 },
        fill: ({ kind }) => `var(--kind-${kind})`,
        title: ({ kind, name, size, share }: FillingMarks['cells'][number]) =>
          `${name} (${kindName[kind]}): ${formatBytes(size)}, ${formatShare(share)}`,
      }),
      text(named, { ...at, dy: 10, text: (cell) => shorten(tail(cell.name, room(cell)), room(cell)) }),
      text(sized, {
        ...{ ...at, dy: 23, fill: 'var(--soft)' },
        text: (cell) => shorten(formatBytes(cell.size), room(cell)),
      }),
    ],
  );
}

/** The end of a long path tells more than its beginning; a version alone, as in `pgx/v5`, tells nothing. */
function tail(name: string, room: number): string {
  const parts = name.split('/');
  const least = /^v\d+$/.test(parts.at(-1)!) ? 2 : 1;
  while (parts.length > least && parts.join('/').length > room) parts.shift();
  return parts.join('/');
}

export const kindName = {
  go: 'Go packages',
  rust: 'Rust crates',
  python: 'Python distributions',
  npm: 'npm packages',
  deb: 'Debian packages',
  apk: 'Alpine packages',
  program: 'programs, untold',
  file: 'files',
  overhead: 'tar and hidden files',
} as const;
