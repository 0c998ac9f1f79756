import type { Distribution } from '../report/schema';

const RESAMPLES = 2000;

/**
 * Median with its 95 % confidence interval (percentile bootstrap). All values stay; those beyond 1.5 interquartile ranges
 * are named as outliers (Tukey). The same values have the same interval: the resampling has a fixed seed.
 */
export function describeValues(values: readonly number[], unit: Distribution['unit']): Distribution {
  const sorted = sort(values);
  const random = generator(values.length);
  const medians = sort(
    Array.from({ length: RESAMPLES }, () =>
      medianOf(sort(values.map(() => values[Math.floor(random() * values.length)]!))),
    ),
  );
  const [lower, upper] = [quantile(sorted, 0.25), quantile(sorted, 0.75)];
  const reach = 1.5 * (upper - lower);
  return {
    unit,
    values: [...values],
    median: medianOf(sorted),
    low: quantile(medians, 0.025),
    high: quantile(medians, 0.975),
    outliers: values.flatMap((value, at) => (value < lower - reach || value > upper + reach ? [at] : [])),
  };
}

/** Interquartile range by median: how much a repeated measurement varies. */
export function spreadOf(values: readonly number[]): number {
  const sorted = sort(values);
  return (quantile(sorted, 0.75) - quantile(sorted, 0.25)) / medianOf(sorted);
}

function sort(values: readonly number[]): number[] {
  return [...values].sort((a, b) => a - b);
}

function medianOf(sorted: readonly number[]): number {
  return quantile(sorted, 0.5);
}

/** Linear interpolation between the nearest values (type 7 of Hyndman and Fan). */
function quantile(sorted: readonly number[], part: number): number {
  const at = (sorted.length - 1) * part;
  const [below, above] = [sorted[Math.floor(at)]!, sorted[Math.ceil(at)]!];
  return below + (above - below) * (at - Math.floor(at));
}

/** Numbers from 0 to 1, the same for each seed (mulberry32). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
