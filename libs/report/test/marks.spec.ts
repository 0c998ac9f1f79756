import {
  distribution,
  makeHistory,
  makeReport,
  sizeBudget,
  startBudget,
} from '../../../test/support/benchReports';
import { groupComponents } from '../src/components';
import { fillingMarks, sumParts } from '../src/marks/filling';
import { sizeMarks } from '../src/marks/sizes';
import { startMarks } from '../src/marks/starts';
import { trendMarks } from '../src/marks/trend';

const regular = { name: 'base-regular', size: 117_000_000 };

function only(...reports: Parameters<typeof groupComponents>[0]) {
  const [component] = groupComponents(reports);
  return component!;
}

test('projects are sorted, and the default image comes before its variants', () => {
  const reports = [
    makeReport({ project: 'b', variant: 'regular' }),
    makeReport({ project: 'b', variant: 'debug' }),
    makeReport({ project: 'a' }),
    makeReport({ project: 'b' }),
  ];
  const names = groupComponents(reports).map(({ images }) => images.map(({ image }) => image));
  expect(names).toEqual([['a'], ['b', 'b+debug', 'b+regular']]);
});

test('the size ladder begins with the largest image and tells bases apart', () => {
  const component = only(
    makeReport({ own: 12_000_000, budgets: [sizeBudget(10_000_000, 12_000_000)] }),
    makeReport({ variant: 'regular', own: 12_000_000, base: regular }),
  );
  expect(sizeMarks(component)).toEqual({
    platform: 'linux/amd64',
    rungs: [
      {
        ...{ image: 'api+regular', label: 'regular', base: 117_000_000, size: 129_000_000 },
        ...{ compressed: 46_071_428, over: false },
      },
      {
        ...{ image: 'api', label: 'scratch', base: 0, size: 12_000_000, compressed: 4_285_714 },
        ...{ limit: 10_000_000, over: true },
      },
    ],
  });
});

test('an image without a variant is called after its base', () => {
  expect(sizeMarks(only(makeReport({ base: { name: 'base-static', size: 1 } }))).rungs[0]?.label).toBe(
    'base-static',
  );
});

test('a budget of another platform is not drawn', () => {
  const other = { ...sizeBudget(10, 20), platform: 'linux/arm64' };
  expect(sizeMarks(only(makeReport({ budgets: [other] }))).rungs[0]).not.toHaveProperty('limit');
});

test('start-up times have the floor first, and a budget in milliseconds counts from the floor', () => {
  const component = only(
    makeReport({ ready: 9, budgets: [startBudget(20, 7.9)] }),
    makeReport({ variant: 'regular', base: regular, ready: 11 }),
  );
  const [bare, container] = startMarks(component);
  expect(bare?.rows.map(({ key, kind, median, limit }) => [key, kind, median, limit])).toEqual([
    ['', 'floor', 1.1, undefined],
    ['api', 'ready', 9, 21.1],
    ['api+regular', 'ready', 11, undefined],
  ]);
  expect(bare?.rows[1]?.values).toEqual(distribution(9).values);
  expect(container?.rows.map(({ median }) => median)).toEqual([188, 197, 199]);
});

test('a budget of start-up as a ratio multiplies the floor', () => {
  const budget = { ...startBudget(10, 8), unit: 'ratio' as const };
  expect(startMarks(only(makeReport({ budgets: [budget] })))[0]?.rows[1]?.limit).toBeCloseTo(11);
});

test('an image that was not started has no start-up times', () => {
  expect(startMarks(only(makeReport({ started: false })))).toEqual([]);
});

test('parts of one name in several layers are one', () => {
  const part = { kind: 'file' as const, name: 'etc', layer: 0, size: 3 };
  expect(sumParts([part, { ...part, kind: 'deb' }, { ...part, layer: 1, size: 4 }])).toEqual([
    { kind: 'file', name: 'etc', size: 7 },
    { kind: 'deb', name: 'etc', size: 3 },
  ]);
});

test('the treemap covers its area, each cell in proportion, and small parts are one cell', () => {
  const report = makeReport({ parts: 150 });
  const marks = fillingMarks(report, 360, 250)!;
  const area = ({ x1, x2, y1, y2 }: { x1: number; x2: number; y1: number; y2: number }) =>
    (x2 - x1) * (y2 - y1);
  const covered = marks.cells.reduce((sum, cell) => sum + area(cell), 0);
  expect(covered / (360 * 250)).toBeGreaterThan(0.95);
  for (const cell of marks.cells.filter(({ share }) => share > 0.1))
    expect(Math.abs(area(cell) / (360 * 250) / cell.share - 1)).toBeLessThan(0.1);
  const large = sumParts(report.platforms[0]!.parts!).filter(({ size }) => size >= 0.008 * 5_400_000);
  const small = marks.cells.filter(({ name }) => /^\d+ smaller$/.test(name));
  expect(small).toHaveLength(1);
  expect(small[0]!.name).toBe(`${150 - large.filter(({ kind }) => kind === 'go').length} smaller`);
  expect(marks.cells.length).toBeLessThan(30);
  expect(marks.kinds.map(({ kind }) => kind)).toEqual(['go', 'program', 'file', 'overhead']);
  expect(marks.kinds.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1);
});

test('without parts there is no treemap', () => {
  const report = makeReport();
  const [platform] = report.platforms;
  const { parts: _, ...untold } = platform!;
  expect(fillingMarks({ ...report, platforms: [untold] }, 360, 250)).toBeUndefined();
});

test('a trend is in the order of commits, of the image and of one machine', () => {
  const report = makeReport();
  const own = makeHistory(report, 4);
  const foreign = { ...own[3]!, host: 'other', ready: 99 };
  const others = makeHistory(makeReport({ project: 'b' }), 3);
  const [size, start] = trendMarks(report, [...own.toReversed(), foreign, ...others]);
  expect(size?.points.map(({ at, value }) => [at, value])).toEqual(
    own.map((line, at) => [at, line.size] as const),
  );
  expect(start?.points.map(({ value }) => value.toFixed(2))).toEqual(['8.64', '9.00', '8.73', '9.09']);
});

test('a trend needs two commits, and a budget far away is left out', () => {
  const near = makeReport({ budgets: [sizeBudget(6_000_000, 5_400_000)] });
  const far = makeReport({ budgets: [sizeBudget(60_000_000, 5_400_000)] });
  expect(trendMarks(near, makeHistory(near, 1))).toEqual([]);
  expect(trendMarks(near, makeHistory(near, 5))[0]).toHaveProperty('limit', 6_000_000);
  expect(trendMarks(far, makeHistory(far, 5))[0]).not.toHaveProperty('limit');
  expect(trendMarks(near, makeHistory(near, 90))[0]?.points).toHaveLength(60);
});
