import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseBenchReport } from '../src';

const sample = readFileSync(join(__dirname, 'fixtures', 'report.json'), 'utf8');

test('the sample is a report', () => {
  expect(parseBenchReport(sample, 'report.json')).toMatchObject({ ok: true });
});

test.each([
  ['', 'Unexpected end of JSON input'],
  ['{}', 'schemaVersion'],
  [sample.replace('"schemaVersion": 1', '"schemaVersion": 2'), 'schemaVersion'],
  [sample.slice(0, 400), 'JSON'],
])('what is no report is refused with its file', (text, why) => {
  const parsed = parseBenchReport(text, 'base/report.json');
  expect(parsed).toMatchObject({
    ok: false,
    failures: [{ code: 'BENCH_REPORT_INVALID', at: { file: 'base/report.json' } }],
  });
  expect(JSON.stringify(parsed)).toContain(why);
});
