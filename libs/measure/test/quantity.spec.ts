import fc from 'fast-check';
import { parseQuantity, printQuantity, readBudgets } from '../src';

test.each([
  ['10 MB', 10_000_000],
  ['10MB', 10_000_000],
  ['1.5 MiB', 1_572_864],
  ['0.5 kB', 500],
  ['7 B', 7],
])('%s is a size', (text, value) => {
  expect(parseQuantity(text, ['bytes'])).toEqual({ value, unit: 'bytes' });
});

test('times, ratios and percentages have their units', () => {
  expect(parseQuantity('20 ms', ['ms', 'ratio'])).toEqual({ value: 20, unit: 'ms' });
  expect(parseQuantity('1.5 s', ['ms', 'ratio'])).toEqual({ value: 1500, unit: 'ms' });
  expect(parseQuantity('3 x', ['ms', 'ratio'])).toEqual({ value: 3, unit: 'ratio' });
  expect(parseQuantity('5 %', ['percent', 'bytes'])).toEqual({ value: 5, unit: 'percent' });
});

test.each([
  ['10 mb', 'did you mean MB?'],
  ['10 KB', 'did you mean kB?'],
  ['1e', 'it is none of B'],
  ['1e6 B', 'is not a number and one of'],
  ['-3 MB', 'is not a number and one of'],
  ['+3 MB', 'is not a number and one of'],
  ['0 MB', 'is not more than 0'],
  ['10', 'has no unit'],
  ['', 'is not a number'],
  ['MB', 'is not a number'],
  ['10  MB', 'is not a number'],
  [' 10 MB', 'is not a number'],
  ['10 MB ', 'is not a number'],
  ['1_0 MB', 'is not a number'],
  ['10,5 MB', 'is not a number'],
  ['.5 MB', 'is not a number'],
  ['10 ms', 'it is none of B'],
  ['10 toString', 'it is none of B'],
  ['Infinity MB', 'is not a number'],
])('%s is refused as a size', (text, why) => {
  expect(parseQuantity(text, ['bytes'])).toEqual({ why: expect.stringContaining(why) });
});

test('whatever is accepted is positive and finite', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[-+0-9.eE ]{0,8}[A-Za-z%]{0,3}$/), (text) => {
      const parsed = parseQuantity(text, ['bytes', 'ms', 'ratio', 'percent']);
      if ('why' in parsed) expect(parsed.why).toContain(JSON.stringify(text));
      else expect(parsed.value > 0 && Number.isFinite(parsed.value)).toBe(true);
    }),
  );
});

test('a printed size is read back within its three digits', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e12 }), (value) => {
      const parsed = parseQuantity(printQuantity(value, 'bytes'), ['bytes']);
      expect('value' in parsed && Math.abs(parsed.value - value) <= value * 0.005).toBe(true);
    }),
  );
});

test('budgets are those that are set, and defaults of the language for the others', () => {
  const at = { file: 'api/project.json', line: 4 };
  expect(readBudgets({ maxSize: '12 MB', maxMemory: 'none', maxStartup: undefined }, 'go', () => at)).toEqual(
    {
      ok: true,
      value: [
        { name: 'maxSize', text: '12 MB', limit: { value: 12e6, unit: 'bytes' }, from: 'set', at },
        {
          name: 'maxStartup',
          text: '20 ms',
          limit: { value: 20, unit: 'ms' },
          from: 'default',
          at: undefined,
        },
      ],
    },
  );
  expect(readBudgets({}, undefined, () => at)).toEqual({ ok: true, value: [] });
});

test('each bad budget is named with its place', () => {
  const read = readBudgets({ maxSize: '10 mb', maxGrowth: '-5 %' }, 'c', (name) => ({
    file: `${name}.json`,
    line: 7,
  }));
  expect(read).toMatchObject({
    ok: false,
    failures: [
      { code: 'BUDGET_INVALID', at: { file: 'maxSize.json', line: 7 } },
      { code: 'BUDGET_INVALID', at: { file: 'maxGrowth.json', line: 7 } },
    ],
  });
});
