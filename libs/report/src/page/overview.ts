import type { BenchReport } from '@prism-build/measure';
import { type Component, isOver, labelOf, mainSide, shownPlatform, startTime } from '../components';
import { formatBytes, formatMilliseconds } from '../format';
import { html, type Markup } from '../markup';
import { table } from './table';
import { budgetNames, verdict } from './verdict';

const columns = [
  { name: 'image' },
  { name: 'size', number: true },
  { name: 'by size', wide: true },
  { name: 'budgets' },
  { name: 'ready', number: true },
  { name: 'memory', number: true },
  { name: 'packed', number: true },
] as const;

/** All images in a table, each with a link to its project's section. */
export function overview(components: readonly Component[], sectionOf: (at: number) => string): Markup {
  const reports = components.flatMap(({ images }) => images);
  const largest = Math.max(1, ...reports.map((report) => shownPlatform(report).uncompressedSize));
  const rows = components.flatMap(({ project, images }, at) =>
    images.map((report) => {
      const { size, uncompressedSize } = shownPlatform(report);
      const side = mainSide(report);
      return [
        html`<a href="#${sectionOf(at)}">${project}</a> <span class="kind">${labelOf(report)}</span>`,
        formatBytes(uncompressedSize),
        bar(uncompressedSize / largest, report.budgets.some(isOver)),
        verdictOf(report),
        side ? formatMilliseconds(startTime(side)) : '–',
        side?.idle ? formatBytes(side.idle.median) : '–',
        formatBytes(size),
      ];
    }),
  );
  return table(
    'All images: uncompressed size, time to ready above the floor, memory when ready',
    columns,
    rows,
  );
}

/** Decoration: the number is in the cell before. */
function bar(share: number, over: boolean): Markup {
  const width = (share * 100).toFixed(1);
  const colour = over ? 'var(--over)' : 'var(--accent)';
  return html`<svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true"><rect width="100" height="6" fill="var(--line)"/><rect width="${width}" height="6" fill="${colour}"/></svg>`;
}

function verdictOf({ budgets }: BenchReport): Markup {
  const over = budgets.filter(isOver);
  const names = [...new Set(over.map(({ name }) => budgetNames[name]))];
  if (over.length > 0) return verdict('over', `over in ${names.join(', ')}`);
  if (budgets.some(({ verdict }) => verdict === 'unclear')) return verdict('unclear');
  return budgets.some(({ verdict }) => verdict === 'within') ? verdict('within') : verdict('unmeasured');
}

/** The figures that people ask for first. */
export function keyFigures(components: readonly Component[]): Markup {
  const reports = components.flatMap(({ images }) => images);
  const over = reports.filter(({ budgets }) => budgets.some(isOver));
  const sizes = components.map(({ images: [report] }) => ({
    name: report.image,
    value: shownPlatform(report).uncompressedSize,
  }));
  const starts = components.flatMap(({ images: [report] }) => {
    const side = mainSide(report);
    return side ? [{ name: report.image, value: startTime(side) }] : [];
  });
  const smallest = sizes.toSorted((a, b) => a.value - b.value)[0];
  const fastest = starts.toSorted((a, b) => a.value - b.value)[0];
  const all = sizes.reduce((sum, { value }) => sum + value, 0);
  return html`<dl class="facts">${[
    fact(
      'images',
      String(reports.length),
      `of ${components.length} project${components.length === 1 ? '' : 's'}`,
    ),
    fact(
      'over budget',
      over.length === 0 ? 'none' : String(over.length),
      over.map(({ image }) => image).join(', '),
    ),
    fact('default images together', formatBytes(all), 'uncompressed'),
    smallest && fact('smallest', formatBytes(smallest.value), smallest.name),
    fastest && fact('fastest start', formatMilliseconds(fastest.value), `${fastest.name}, above the floor`),
  ]}</dl>`;
}

function fact(name: string, value: string, about: string): Markup {
  return html`<div><dt>${name}</dt><dd>${value}<small>${about}</small></dd></div>`;
}
