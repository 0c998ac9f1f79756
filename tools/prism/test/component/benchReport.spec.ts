import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { encodeHistory } from '@prism-build/report';
import type { AxeResults } from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';
import { makeHistory, makeReport, sizeBudget, startBudget } from '../../../../test/support/benchReports';
import { chromium as browserNeed, describeWith, which } from '../../../../test/support/needs';
import { makeWorkspace, type Workspace } from '../../../../test/support/workspace';

/** Kept for people to look at. */
const screenshots = join(__dirname, '..', '..', '..', '..', '.prism', 'test', 'bench-report');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const debian = { name: 'base-regular', size: 117_000_000 };
const evil = '<script>document.title = "no"</script>';

let workspace: Workspace;
beforeAll(async () => {
  workspace = makeWorkspace();
  const own = 12_000_000;
  const reports = [
    makeReport({ own, parts: 90, budgets: [sizeBudget(10_000_000, own), startBudget(20, 8.4)] }),
    makeReport({ variant: 'regular', own, base: debian, parts: 90 }),
    makeReport({ project: evil, started: false }),
  ];
  for (const [at, report] of reports.entries())
    workspace.write(`dist/bench/${at}/report.json`, JSON.stringify(report));
  workspace.write('history.jsonl', encodeHistory(reports.flatMap((report) => makeHistory(report, 8))));
  const made = await workspace.nx(['g', 'prism:bench-report', '--history=history.jsonl']);
  expect(made.output).toContain('dist/bench/report.html: 3 images, 1 over budget');
  expect(made.status).toBe(0);
});
afterAll(() => workspace?.remove());

describeWith([browserNeed], 'the report in a browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    mkdirSync(screenshots, { recursive: true });
    browser = await chromium.launch({
      executablePath: which('chromium-headless-shell')!,
      // Root, and containers without user namespaces, have no sandbox. The page is ours.
      args: ['--no-sandbox', '--disable-gpu'],
    });
  });
  afterAll(() => browser?.close());

  test.each([
    [1280, 'light', true],
    [1280, 'dark', false],
    [390, 'light', false],
    [390, 'dark', true],
  ] as const)('at %i pixels, %s', async (width, colorScheme, examined) => {
    const page = await browser.newPage({ viewport: { width, height: 844 }, colorScheme });
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    await page.goto(pathToFileURL(workspace.path('dist/bench/report.html')).href);
    const seen = await page.evaluate<Seen>(`(() => {
      const [timing] = performance.getEntriesByType('navigation');
      const charts = [...document.querySelectorAll('figure > svg')].map((svg) => svg.getBoundingClientRect());
      return {
        title: document.title,
        overflow: document.documentElement.scrollWidth - innerWidth,
        load: timing.loadEventEnd - timing.startTime,
        background: getComputedStyle(document.body).backgroundColor,
        charts: charts.map(({ left, right, height }) => left >= 0 && right <= innerWidth && height > 50),
      };
    })()`);
    expect(seen).toMatchObject({ title: 'workspace: size, start and memory of its images', overflow: 0 });
    expect(seen.background).toBe(colorScheme === 'light' ? 'rgb(245, 246, 248)' : 'rgb(14, 18, 23)');
    expect(seen.charts).toEqual(Array(10).fill(true));
    expect(seen.load).toBeLessThan(1000);
    await page.screenshot({ path: join(screenshots, `${width}-${colorScheme}.png`), fullPage: true });
    // By keyboard: the first stop is the table of images, and Enter opens the figures.
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.className')).toBe('scroll');
    await page.locator('summary').first().focus();
    await page.keyboard.press('Enter');
    expect(await page.locator('details[open] table').first().isVisible()).toBe(true);
    if (examined) await examine(page);
    expect(complaints).toEqual([]);
    await page.close();
  });

  /** The rules of axe-core, once for each theme and each width: they take seconds. */
  async function examine(page: Page): Promise<void> {
    // Calls of the protocol are not subject to the page's policy, which forbids all scripts.
    await page.evaluate(axe);
    const { violations, passes } = await page.evaluate<AxeResults>('axe.run()');
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
    expect(passes.map(({ id }) => id)).toEqual(expect.arrayContaining(['color-contrast', 'svg-img-alt']));
  }

  interface Seen {
    readonly title: string;
    readonly overflow: number;
    readonly load: number;
    readonly background: string;
    readonly charts: readonly boolean[];
  }
});
