import { createHash } from 'node:crypto';
import { parseHTML } from 'linkedom';
import {
  makeHistory,
  makeReport,
  makeStack,
  sizeBudget,
  startBudget,
} from '../../../test/support/benchReports';
import { renderPage } from '../src';
import { style } from '../src/page/style';

const evil = `<script>alert("1")</script>'&\u0007`;

function renderOne(report = makeReport()) {
  return renderPage({ workspace: 'w', reports: [report], history: makeHistory(report, 5) });
}

test('names are text, wherever they come from', () => {
  const report = makeReport({ project: evil, base: { name: evil, size: 10 }, budgets: [sizeBudget(1, 2)] });
  const [platform] = report.platforms;
  const parts = [{ kind: 'file' as const, name: evil, version: evil, layer: 0, size: 5_000_000 }];
  const page = renderPage({
    workspace: evil,
    reports: [
      {
        ...report,
        platforms: [{ ...platform!, platform: evil, parts }],
        start: { ...report.start!, platform: evil },
        skipped: [{ what: evil, why: evil }],
        budgets: [{ ...report.budgets[0]!, text: evil, why: evil }],
      },
    ],
    history: makeHistory(report, 3).map((line) => ({ ...line, platform: evil })),
  });
  expect(page).not.toContain('<script');
  expect(page).not.toContain('\u0007');
  const { document } = parseHTML(page);
  expect(document.querySelectorAll('script')).toHaveLength(0);
  expect(document.querySelector('h2[id="project-0-name"]')!.textContent).toContain(
    '<script>alert("1")</script>',
  );
  expect(document.querySelectorAll('section')).toHaveLength(2);
});

test('the policy allows the one style and nothing else, and there is nothing else', () => {
  const page = renderOne();
  const { document } = parseHTML(page);
  const hash = createHash('sha256').update(style).digest('base64');
  expect(document.querySelector('meta[http-equiv="Content-Security-Policy"]')!.getAttribute('content')).toBe(
    `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`,
  );
  expect([...document.querySelectorAll('style')].map((one) => one.textContent)).toEqual([style]);
  expect(document.querySelectorAll('[style], link, img, iframe, [src], [onclick]')).toHaveLength(0);
  const targets = [...document.querySelectorAll('[href]')].map((one) => one.getAttribute('href')!);
  for (const target of targets) expect(target).toMatch(/^#project-\d+$/);
});

test('every identifier is unique, and every reference has its target', () => {
  const { document } = parseHTML(renderPage({ workspace: 'w', ...makeStack(3) }));
  const ids = [...document.querySelectorAll('[id]')].map((one) => one.id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const name of ['aria-labelledby', 'aria-describedby'])
    for (const one of document.querySelectorAll(`[${name}]`)) expect(ids).toContain(one.getAttribute(name));
});

test('every chart has a title, a description, and its figures in a table', () => {
  const { document } = parseHTML(renderOne());
  const charts = [...document.querySelectorAll('figure > svg')];
  expect(charts).toHaveLength(6);
  for (const chart of charts) {
    expect(chart.getAttribute('role')).toBe('img');
    expect(chart.querySelector('title')!.textContent).not.toBe('');
    expect(chart.querySelector('desc')!.textContent).toMatch(/\d/);
  }
  const captions = [...document.querySelectorAll('caption')].map((one) => one.textContent);
  expect(captions).toEqual([
    'All images: uncompressed size, time to ready above the floor, memory when ready',
    'api: sizes by platform',
    'api: start and memory, medians',
    'api: what fills scratch on linux/amd64, all parts',
    'api: size of the last 5 commits',
    'api: start as a multiple of the floor of the last 5 commits',
  ]);
});

test('a verdict is a sign and a word, not only a colour', () => {
  const report = makeReport({ budgets: [sizeBudget(4_000_000, 5_400_000), startBudget(20, 8.4)] });
  const { document } = parseHTML(renderOne(report));
  const verdicts = [...document.querySelectorAll('.verdict')].map((one) => one.textContent);
  expect(verdicts).toEqual(['✕ over in size', '✕ over', '✓ within']);
  expect(document.querySelector('.facts')!.textContent).toContain('over budget1api');
});

test('only sizes are enough for a page', () => {
  const report = makeReport({ started: false });
  const { document } = parseHTML(renderPage({ workspace: 'w', reports: [report], history: [] }));
  expect(document.querySelectorAll('figure')).toHaveLength(2);
});

test('thirty projects of three images with a long history fit into 1 MB, and the page is the same each time', () => {
  const stack = makeStack(30);
  const page = renderPage({ workspace: 'w', ...stack });
  expect(Buffer.byteLength(page)).toBeLessThanOrEqual(1_000_000);
  expect(page).not.toMatch(/NaN|undefined|\[object/);
  expect(renderPage({ workspace: 'w', ...stack, reports: stack.reports.toReversed() })).toBe(page);
});

/** Relative luminance and contrast of WCAG 2.2. */
function contrast(one: string, other: string): number {
  const luminance = (colour: string) => {
    const [red, green, blue] = [1, 3, 5].map((at) => {
      const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
  };
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light! + 0.05) / (dark! + 0.05);
}

// A browser's check skips text in SVG.
test.each(['light', 'dark'])('text has contrast in the %s theme', (theme) => {
  const block = style.split('@media (prefers-color-scheme: dark)')[theme === 'light' ? 0 : 1]!;
  const colours = new Map(
    [...block.matchAll(/--([a-z-]+): (#[0-9a-f]{6})/g)].map(([, name, value]) => [name!, value!]),
  );
  const of = (one: string, other: string) => contrast(colours.get(one)!, colours.get(other)!);
  for (const text of ['ink', 'soft', 'muted', 'accent', 'over', 'good', 'budget']) {
    expect([text, of(text, 'card') >= 4.5]).toEqual([text, true]);
    if (text !== 'budget') expect([text, of(text, 'page') >= 4.5]).toEqual([text, true]);
  }
  const kinds = [...colours.keys()].filter((name) => name.startsWith('kind-'));
  expect(kinds).toHaveLength(9);
  for (const kind of kinds) {
    expect([kind, of('ink', kind) >= 4.5]).toEqual([kind, true]);
    expect([kind, of('soft', kind) >= 4.5]).toEqual([kind, true]);
  }
  for (const mark of ['accent', 'over', 'budget', 'base'])
    expect([mark, of(mark, 'card') >= (mark === 'base' ? 2 : 3)]).toEqual([mark, true]);
});
