import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { benchFormats, parseBenchReport } from '../src';

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

test('a package in several layers is one line, by its whole size', () => {
  const report = parseBenchReport(sample, 'report.json');
  if (!report.ok) throw new Error('no report');
  const [platform] = report.value.platforms;
  const part = { kind: 'deb', name: 'libc6', version: '2.36' } as const;
  const parts = [
    { ...part, layer: 0, size: 2_000_000 },
    { kind: 'deb', name: 'zlib1g', version: '1.2', layer: 0, size: 2_500_000 } as const,
    { ...part, layer: 1, size: 1_000_000 },
  ];
  const printed = benchFormats.text({
    report: { ...report.value, platforms: [{ ...platform!, parts }] },
    compared: undefined,
  });
  expect(printed.match(/^ +\S+ MB {2}deb .*$/gm)).toEqual([
    '        3 MB  deb libc6 2.36',
    '      2.5 MB  deb zlib1g 1.2',
  ]);
});
