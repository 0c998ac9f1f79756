import { printQuantity } from '@prism-build/measure';
import { type Component, isOver, labelOf, shownPlatform } from '../components';
import { kindName } from '../draw/filling';
import { formatBytes, formatMilliseconds, formatRatio, formatShare } from '../format';
import type { Figures } from '../history';
import { sumParts } from '../marks/filling';
import { trendMarks } from '../marks/trend';
import type { Markup } from '../markup';
import { table } from './table';
import { budgetNames, verdict } from './verdict';

/** Parts of an image in its table; the rest is in report.json. */
const MOST_PARTS = 25;
const MOST_COMMITS = 10;

const number = (name: string) => ({ name, number: true }) as const;

/** The figures of the charts, and those that no chart shows, as tables. */
export function tables({ project, images }: Component, history: readonly Figures[]): Markup[] {
  return [
    table(
      `${project}: sizes by platform`,
      [{ name: 'image' }, { name: 'platform' }, number('size'), number('packed'), number('layers')],
      images.flatMap((report) =>
        report.platforms.map(({ platform, uncompressedSize, size, layers }) => [
          labelOf(report),
          platform,
          formatBytes(uncompressedSize),
          formatBytes(size),
          String(layers.length),
        ]),
      ),
    ),
    ...startTable(images, project),
    ...transferTable(images, project),
    ...partsTable(images[0], project),
    ...trendTable(images[0], history),
  ];
}

function startTable(images: Component['images'], project: string): Markup[] {
  const rows = images.flatMap((report) =>
    (report.start?.sides ?? []).map(({ where, engine, floor, ready, ratio, idle, peak }) => [
      labelOf(report),
      engine ?? where,
      formatMilliseconds(ready.median),
      `${formatMilliseconds(ready.low)} to ${formatMilliseconds(ready.high)}`,
      formatMilliseconds(floor.median),
      formatRatio(ratio),
      idle ? formatBytes(idle.median) : '–',
      peak ? formatBytes(peak.median) : '–',
    ]),
  );
  const columns = [
    ...[{ name: 'image' }, { name: 'started by' }, number('ready'), number('95 % confidence')],
    ...[number('floor'), number('ratio'), number('memory'), number('peak')],
  ];
  return rows.length === 0 ? [] : [table(`${project}: start and memory, medians`, columns, rows)];
}

function transferTable(images: Component['images'], project: string): Markup[] {
  const rows = images.flatMap((report) =>
    report.transfer
      ? [
          [
            labelOf(report),
            report.transfer.engine,
            formatBytes(report.transfer.bytes),
            formatMilliseconds(report.transfer.pull.median),
            formatMilliseconds(report.transfer.load.median),
          ],
        ]
      : [],
  );
  const columns = [{ name: 'image' }, { name: 'engine' }, number('bytes'), number('pull'), number('load')];
  return rows.length === 0
    ? []
    : [table(`${project}: pull from loopback, load from an archive`, columns, rows)];
}

function partsTable(report: Component['images'][0], project: string): Markup[] {
  const { parts = [], uncompressedSize, platform } = shownPlatform(report);
  const sums = sumParts(parts);
  if (sums.length === 0) return [];
  const rows = sums
    .slice(0, MOST_PARTS)
    .map(({ kind, name, version, size }) => [
      name,
      version ?? '',
      kindName[kind],
      formatBytes(size),
      formatShare(size / uncompressedSize),
    ]);
  const rest = sums.length > MOST_PARTS ? `the largest ${MOST_PARTS} of ${sums.length} parts` : 'all parts';
  const columns = [{ name: 'part' }, { name: 'version' }, { name: 'kind' }, number('size'), number('share')];
  return [table(`${project}: what fills ${labelOf(report)} on ${platform}, ${rest}`, columns, rows)];
}

function trendTable(report: Component['images'][0], history: readonly Figures[]): Markup[] {
  return trendMarks(report, history, MOST_COMMITS).map(({ what, points }) =>
    table(
      `${report.image}: ${what === 'size' ? 'size' : 'start as a multiple of the floor'} of the last ${points.length} commits`,
      [{ name: 'commit' }, { name: 'day' }, number(what)],
      points
        .map(({ commit, time, value }) => [
          commit.slice(0, 12),
          time.slice(0, 10),
          what === 'size' ? formatBytes(value) : formatRatio(value),
        ])
        .reverse(),
    ),
  );
}

/** Budgets with their verdicts; those over come first. */
export function budgetTable({ project, images }: Component): Markup | undefined {
  const rows = images
    .flatMap((report) => report.budgets.map((budget) => ({ report, budget })))
    .sort((a, b) => Number(isOver(b.budget)) - Number(isOver(a.budget)))
    .map(({ report, budget }) => [
      `${labelOf(report)}: ${budgetNames[budget.name]}`,
      budget.platform ?? budget.side ?? '',
      budget.actual === undefined ? '–' : printQuantity(budget.actual, budget.unit),
      budget.text,
      verdict(budget.verdict),
      budget.why ?? (budget.from === 'default' ? 'default of its kind' : ''),
    ]);
  if (rows.length === 0) return undefined;
  const columns = [
    { name: 'budget' },
    { name: 'of' },
    number('actual'),
    number('limit'),
    { name: 'verdict' },
    { name: 'note' },
  ];
  return table(`${project}: budgets`, columns, rows);
}
