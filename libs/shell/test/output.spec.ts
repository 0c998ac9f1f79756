import fc from 'fast-check';
import { lastLines, type OutputLine, OutputTail, type Stream } from '../src/index';

const lines = (from: Stream, ...texts: string[]): OutputLine[] => texts.map((text) => ({ from, text }));
const numbered = (from: Stream, count: number) =>
  lines(from, ...Array.from({ length: count }, (_, at) => `${from} ${at + 1}`));

test.each<[string, OutputLine[], string[]]>([
  ['nothing', [], []],
  ['the last of one', numbered('stdout', 9), ['stdout 6', 'stdout 7', 'stdout 8', 'stdout 9']],
  [
    'half of each',
    [...numbered('stderr', 9), ...numbered('stdout', 9)],
    ['stderr 8', 'stderr 9', 'stdout 8', 'stdout 9'],
  ],
  [
    'more of one where the other has fewer',
    [...numbered('stderr', 1), ...numbered('stdout', 9)],
    ['stderr 1', 'stdout 7', 'stdout 8', 'stdout 9'],
  ],
  [
    'more of the other',
    [...numbered('stdout', 1), ...numbered('stderr', 9)],
    ['stdout 1', 'stderr 7', 'stderr 8', 'stderr 9'],
  ],
  [
    'no empty ends',
    [...lines('stderr', 'why', '', ' '), ...lines('stdout', 'a', '', 'b', '')],
    ['why', 'a', '', 'b'],
  ],
])('four lines: %s', (_, output, shown) => {
  expect(lastLines(output, 4)).toBe(shown.join('\n'));
});

test('a stream that says much does not push out what the other said first', () => {
  const tail = new OutputTail();
  tail.add('stderr', 'the reason\n');
  for (let at = 0; at < 5000; at++) tail.add('stdout', `${'x'.repeat(99)}\n`);
  const output = tail.lines();
  expect(output[0]).toEqual({ from: 'stderr', text: 'the reason' });
  expect(output).toHaveLength(1 + Math.floor(65_536 / 100));
});

test('a line without an end is bounded, too', () => {
  const tail = new OutputTail();
  for (let at = 0; at < 100; at++) tail.add('stdout', 'x'.repeat(10_000));
  tail.add('stdout', 'y');
  expect(tail.lines().map(({ text }) => text.length)).toEqual([65_536]);
  expect(tail.lines()[0]?.text.at(-1)).toBe('y');
});

test('wherever the chunks are cut, the lines are the same, and none mixes two streams', () => {
  const text = fc.array(fc.constantFrom('a', 'b', ' ', '\n'), { maxLength: 60 }).map((all) => all.join(''));
  fc.assert(
    fc.property(
      text,
      text,
      fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 9 }))),
      (out, err, cuts) => {
        const tail = new OutputTail();
        const left = { stdout: out, stderr: err };
        const take = (from: Stream, count: number) => {
          tail.add(from, left[from].slice(0, count));
          left[from] = left[from].slice(count);
        };
        for (const [first, count] of cuts) take(first ? 'stdout' : 'stderr', count);
        take('stdout', 60);
        take('stderr', 60);
        for (const [from, whole] of [
          ['stdout', out],
          ['stderr', err],
        ] as const) {
          const its = tail.lines().filter((line) => line.from === from);
          expect(its.map((line) => line.text)).toEqual(
            whole === '' ? [] : whole.replace(/\n$/, '').split('\n'),
          );
        }
      },
    ),
  );
});
