import {
  type Budget,
  describeExcess,
  judgeSizes,
  judgeStart,
  parseBenchReport,
  printBudget,
  readBudgets,
} from '../src';
import { sampleReport } from './sample';

function budgets(set: Record<string, string>): readonly Budget[] {
  const read = readBudgets(set, undefined, () => undefined);
  if (!read.ok) throw new Error(JSON.stringify(read.failures));
  return read.value;
}

const platforms = [
  { platform: 'linux/amd64', uncompressedSize: 10_000_000 },
  { platform: 'linux/arm64', uncompressedSize: 10_000_001 },
];

test('each platform is judged; the limit itself is kept', () => {
  const judged = judgeSizes(budgets({ maxSize: '10 MB' }), platforms, undefined);
  expect(judged.map(({ verdict }) => verdict)).toEqual(['within', 'over']);
});

test('growth is judged against the same platform', () => {
  const sizes = new Map([['linux/amd64', 9_000_000]]);
  const judged = judgeSizes(budgets({ maxGrowth: '5 %' }), platforms, { name: 'v1', sizes });
  expect(judged).toMatchObject([
    { verdict: 'over', actual: expect.closeTo(11.11), why: 'against v1' },
    { verdict: 'unmeasured', why: 'v1 has no linux/arm64' },
  ]);
  expect(judgeSizes(budgets({ maxGrowth: '1 MB' }), platforms, { name: 'v1', sizes })[0]).toMatchObject({
    verdict: 'within',
    actual: 1_000_000,
  });
  expect(judgeSizes(budgets({ maxGrowth: '1 MB' }), platforms, undefined)[0]).toMatchObject({
    verdict: 'unmeasured',
  });
});

test('times are judged above the floor, or as a ratio to it', () => {
  const { start } = sampleReport({ floor: 2, ready: 12 });
  const judge = (text: string) => judgeStart(budgets({ maxStartup: text }), start, '')[0];
  expect(judge('10 ms')).toMatchObject({ verdict: 'within', actual: 10, side: 'bare' });
  expect(judge('9 ms')).toMatchObject({ verdict: 'over' });
  expect(judge('6 x')).toMatchObject({ verdict: 'within', actual: 6 });
  expect(judge('5.9 x')).toMatchObject({ verdict: 'over' });
});

test('a limit within the interval is unclear, and so is a noisy machine', () => {
  const { start } = sampleReport({ floor: 2, ready: 12, reach: 3 });
  const limit = budgets({ maxStartup: '9 ms' });
  expect(judgeStart(limit, start, '')[0]).toMatchObject({ verdict: 'unclear' });
  const noisy = sampleReport({ floor: 2, ready: 50, tooNoisy: true }).start;
  expect(judgeStart(limit, noisy, '')[0]).toMatchObject({ verdict: 'unclear' });
});

test('what was not measured says why', () => {
  expect(judgeStart(budgets({ maxStartup: '1 ms', maxMemory: '1 MB' }), undefined, 'no probe')).toMatchObject(
    [
      { verdict: 'unmeasured', why: 'no probe' },
      { verdict: 'unmeasured', why: 'no probe' },
    ],
  );
});

test('the sample is a report, and budgets are printed with amount, limit and origin', () => {
  const report = sampleReport({ floor: 2, ready: 12 });
  expect(parseBenchReport(JSON.stringify(report), 'report.json')).toMatchObject({ ok: true });
  const [over] = judgeSizes(budgets({ maxSize: '4 MB' }), platforms, undefined);
  expect(printBudget(over!)).toBe('  maxSize  linux/amd64  10 MB of 4 MB  over\n');
  expect(describeExcess('api', over!)).toBe('api exceeds maxSize on linux/amd64: 10 MB of 4 MB');
});
