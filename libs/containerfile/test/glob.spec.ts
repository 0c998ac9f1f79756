import fc from 'fast-check';
import { hasGlob, matchGlob } from '../src/index';
import { expectOk } from './support';

test.each([
  ['abc', 'abc', true],
  ['*', 'abc', true],
  ['*', 'a/b', false],
  ['*/*', 'a/b', true],
  ['a*c*e', 'abcde', true],
  ['a*c*e', 'abde', false],
  ['*.go', '.go', true],
  ['?', '/', false],
  ['a?c', 'a☺c', true],
  ['[a-c]x', 'bx', true],
  ['[^a-c]x', 'bx', false],
  ['[^a]', '/', true],
  ['[\\]]', ']', true],
  ['[a\\-c]', '-', true],
  ['\\*', '*', true],
  ['\\*', 'a', false],
  ['a]', 'a]', true],
  ['', '', true],
  ['*', '', true],
  ['a**b', 'axxb', true],
  ['**/a', 'x/y/a', false],
])('%s against %s', (pattern, path, expected) => {
  expect(expectOk(matchGlob(pattern, path))).toBe(expected);
});

test.each(['[', '[a', '[]', '[]a]', '[-a]', '[a-]', '[^', '\\', 'a[', '[a-b-c]'])(
  '%s is malformed',
  (pattern) => {
    expect(matchGlob(pattern, 'x').ok).toBe(false);
  },
);

test('special characters count unless they are escaped', () => {
  expect(['a*', 'a?', '[a]', 'x/\\\\*'].every(hasGlob)).toBe(true);
  expect(['a', 'a\\*', '\\[a]', 'a]'].some(hasGlob)).toBe(false);
});

test('an escaped path matches itself, and any pattern ends quickly', () => {
  fc.assert(
    fc.property(fc.string(), (path) => {
      expect(expectOk(matchGlob(path.replace(/[*?[\\]/g, '\\$&'), path))).toBe(true);
    }),
  );
  expect(expectOk(matchGlob(`${'*a'.repeat(30)}b`, 'a'.repeat(3000)))).toBe(false);
});
