import type { Commit } from '../../../../test/support/history/commit';
import { judge } from '../../../../test/support/history/judge';

const commit = (more: Partial<Commit>): Commit => ({ what: 'x', change: () => {}, differs: 'a', ...more });
const outcome = (differs: string, selected: string) => ({
  differs: differs.split(' ').filter(Boolean),
  selected: selected.split(' ').filter(Boolean),
  all: ['a', 'b', 'c'],
});
const wrong = (more: Partial<Commit>, differs: string, selected: string, nx = 24) =>
  judge([commit(more)], [outcome(differs, selected)], nx).wrong.map((line) =>
    line.replace('nx 24, "x" ', ''),
  );

test('a history that goes as it says is right, and every selection without a difference counts', () => {
  const commits = [commit({}), commit({ differs: '*' }), commit({ differs: '', beyond: { comment: 'b' } })];
  const outcomes = [outcome('a', 'a'), outcome('a b c', 'a b c'), outcome('', 'b')];
  expect(judge(commits, outcomes, 24)).toEqual({
    wrong: [],
    selected: 5,
    beyond: { comment: 1 },
    share: 0.2,
  });
});

test('what is not selected, not said, or said in vain is wrong', () => {
  expect(wrong({}, 'a', '')).toEqual(['differs, and is not selected: a']);
  expect(wrong({}, 'a b', 'a b')).toEqual(['differs, and it was not said: b']);
  expect(wrong({}, '', '')).toEqual(['was said to differ, and does not: a']);
  expect(wrong({}, 'a', 'a c')).toEqual(['is selected without a difference and a reason: c']);
  expect(wrong({ beyond: { comment: 'b' } }, 'a', 'a')).toEqual(['has a reason, and is not selected: b']);
  expect(wrong({ beyond: { deleted: '*' } }, 'a', 'a b')).toEqual(['has a reason, and is not selected: c']);
  expect(wrong({ beyond: { comment: 'a' } }, 'a', 'a')).toEqual(['has a reason, and differs: a']);
});

test('what only Nx 23 selects is no excuse for Nx 24', () => {
  const more: Partial<Commit> = { beyond23: { edge: 'b' } };
  expect(wrong(more, 'a', 'a b', 23)).toEqual([]);
  expect(wrong(more, 'a', 'a b')).toEqual(['is selected without a difference and a reason: b']);
});
