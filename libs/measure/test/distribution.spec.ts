import fc from 'fast-check';
import { describeValues, spreadOf } from '../src';

const values = fc.array(fc.double({ min: 0.001, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 40 });

test('median, interval and outliers of a known sample', () => {
  const sample = [10, 11, 10, 12, 11, 10, 11, 40];
  const found = describeValues(sample, 'ms');
  expect(found.median).toBe(11);
  expect(found.outliers).toEqual([7]);
  expect(found.values).toEqual(sample);
  expect(found.low).toBeGreaterThanOrEqual(10);
  expect(found.high).toBeLessThanOrEqual(26);
});

test('the interval encloses the median and stays within the values', () => {
  fc.assert(
    fc.property(values, (sample) => {
      const { median, low, high } = describeValues(sample, 'ms');
      expect(low).toBeLessThanOrEqual(median);
      expect(high).toBeGreaterThanOrEqual(median);
      expect(low).toBeGreaterThanOrEqual(Math.min(...sample));
      expect(high).toBeLessThanOrEqual(Math.max(...sample));
    }),
    { numRuns: 15 },
  );
});

test('the order of values changes only their order, and a larger unit only the scale', () => {
  fc.assert(
    fc.property(values, (sample) => {
      const { median } = describeValues(sample, 'ms');
      expect(describeValues([...sample].reverse(), 'ms').median).toBe(median);
      expect(
        describeValues(
          sample.map((value) => value * 2),
          'ms',
        ).median,
      ).toBeCloseTo(median * 2);
      expect(spreadOf(sample.map((value) => value * 2))).toBeCloseTo(spreadOf(sample));
    }),
    { numRuns: 15 },
  );
});

test('the same values have the same interval', () => {
  const sample = [3, 1, 4, 1, 5, 9, 2, 6];
  expect(describeValues(sample, 'ms')).toEqual(describeValues(sample, 'ms'));
});
