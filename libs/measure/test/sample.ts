import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BenchReport, type Distribution, parseBenchReport } from '../src';

interface Numbers {
  readonly floor: number;
  readonly ready: number;
  /** How far the confidence interval reaches to each side. */
  readonly reach?: number;
  readonly tooNoisy?: boolean;
}

/** The stored report with other times. */
export function sampleReport({ floor, ready, reach = 0, tooNoisy = false }: Numbers): BenchReport {
  const read = parseBenchReport(
    readFileSync(join(__dirname, 'fixtures', 'report.json'), 'utf8'),
    'report.json',
  );
  if (!read.ok) throw new Error(JSON.stringify(read.failures));
  const start = read.value.start!;
  const side = { ...start.sides[0]!, floor: around(floor, 0), ready: around(ready, reach) };
  return { ...read.value, start: { ...start, noise: { ...start.noise, tooNoisy }, sides: [side] } };
}

function around(median: number, reach: number): Distribution {
  return { unit: 'ms', values: [median], median, low: median - reach, high: median + reach, outliers: [] };
}
