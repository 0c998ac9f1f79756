import fc from 'fast-check';
import { makeReport } from '../../../test/support/benchReports';
import { encodeHistory, type Figures, parseHistory, record } from '../src';

const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const figures: fc.Arbitrary<Figures> = fc
  .record({
    commit: fc.stringMatching(/^[0-9a-f]{40}$/),
    time: fc
      .date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true })
      .map((one) => one.toISOString()),
    image: fc.string(),
    platform: fc.string(),
    digest: fc.string(),
    size: fc.nat(),
    compressed: fc.nat(),
    ready: optional(fc.double({ min: 0, max: 1e6, noNaN: true })),
    host: optional(fc.string()),
  })
  .map((one) => JSON.parse(JSON.stringify(one)) as Figures);

test('what is written is read again', () => {
  fc.assert(
    fc.property(fc.array(figures), (history) => {
      expect(parseHistory(encodeHistory(history), 'h.jsonl')).toEqual({
        ok: true,
        value: JSON.parse(JSON.stringify(history)),
      });
    }),
  );
});

test('every bad line is named', () => {
  const report = makeReport();
  const good = encodeHistory(record([], report, '2026-11-29T06:00:00Z'));
  const text = `${good}<<<<<<< ours\n\n${good.replace('"size":', '"mass":')}`;
  expect(parseHistory(text, 'h.jsonl')).toMatchObject({
    ok: false,
    failures: [
      { code: 'BENCH_HISTORY_INVALID', at: { file: 'h.jsonl', line: 2 } },
      { code: 'BENCH_HISTORY_INVALID', at: { file: 'h.jsonl', line: 4 } },
    ],
  });
});

test('recording twice changes nothing, and a new measurement of a commit replaces the old one', () => {
  const time = '2026-11-29T07:00:00+01:00';
  const report = makeReport();
  const once = record([], report, time);
  expect(once).toMatchObject([
    {
      image: 'api',
      platform: 'linux/amd64',
      size: 5_400_000,
      ready: 9.5,
      floor: 1.1,
      memory: 6_100_000,
      time,
    },
  ]);
  // Also the order of fields, so that git shows no difference.
  const read = parseHistory(encodeHistory(once), 'h.jsonl');
  expect(encodeHistory(read.ok ? read.value : [])).toBe(encodeHistory(once));
  expect(record(once, report, time)).toEqual(once);
  expect(record(once, { ...report, digest: `sha256:${'0'.repeat(64)}` }, time)).toHaveLength(1);
  expect(record(once, makeReport({ variant: 'debug' }), time)).toHaveLength(2);
  expect(record(once, { ...report, commit: 'f'.repeat(40) }, time)).toHaveLength(2);
});

test('a changed work tree is not recorded, and neither are times of a noisy machine', () => {
  const { commit: _, ...changed } = makeReport();
  expect(record([], changed, '')).toEqual([]);
  const report = makeReport();
  const start = { ...report.start!, noise: { ...report.start!.noise, tooNoisy: true } };
  const [line] = record([], { ...report, start }, '2026-11-29T06:00:00Z');
  expect(line).toHaveProperty('size');
  expect(line).not.toHaveProperty('ready');
});
