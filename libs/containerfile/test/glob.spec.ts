import fc from 'fast-check';
import { parseGlob, type Token } from '../src/glob/tokens';
import { compileGlob, expandGlob, hasGlob } from '../src/index';
import { expectOk, listFailures } from './support';

const matches = (pattern: string, path: string) => compileGlob(pattern, 'copy')?.(path);

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
  expect(matches(pattern, path)).toBe(expected);
});

test.each(['[', '[a', '[]', '[]a]', '[-a]', '[a-]', '[^', '\\', 'a[', '[a-b-c]'])(
  '%s is malformed',
  (pattern) => {
    expect(matches(pattern, 'x')).toBeUndefined();
    expect(compileGlob(pattern, 'ignore')).toBeUndefined();
  },
);

test('special characters count unless they are escaped', () => {
  expect(['a*', 'a?', '[a]', 'x/\\\\*'].every(hasGlob)).toBe(true);
  expect(['a', 'a\\*', '\\[a]', 'a]'].some(hasGlob)).toBe(false);
});

test('an escaped path matches itself, and any pattern ends quickly', () => {
  fc.assert(
    fc.property(fc.string(), (path) => {
      expect(matches(path.replace(/[*?[\\]/g, '\\$&'), path)).toBe(true);
    }),
  );
  for (const mode of ['copy', 'ignore'] as const)
    expect(compileGlob(`${'*a'.repeat(30)}b`, mode)?.('a'.repeat(3000))).toBe(false);
});

/** The algorithm of filepath.Match: goes back only to the last star. */
function matchAsGo(tokens: readonly Token[], chars: readonly string[]): boolean {
  let [token, char, star, resume] = [0, 0, -1, 0];
  while (char < chars.length) {
    const current = tokens[token];
    if (current?.kind === 'star') {
      star = token++;
      resume = char;
    } else if (current !== undefined && matchOne(current, chars[char]!)) {
      token++;
      char++;
    } else if (star >= 0 && chars[resume] !== '/') {
      token = star + 1;
      char = ++resume;
    } else return false;
  }
  return tokens.slice(token).every(({ kind }) => kind === 'star');
}

/** moby's expression as a search: every star and every \`**\` may stand for each length. */
function matchAsMoby(tokens: readonly Token[], chars: readonly string[]): boolean {
  const [first, second, third] = tokens;
  if (first === undefined) return chars.length === 0;
  const lengths = [...chars.keys(), chars.length];
  if (first.kind !== 'star')
    return chars.length > 0 && matchOne(first, chars[0]!) && matchAsMoby(tokens.slice(1), chars.slice(1));
  if (second?.kind !== 'star')
    return lengths.some(
      (length) => !chars.slice(0, length).includes('/') && matchAsMoby(tokens.slice(1), chars.slice(length)),
    );
  const rest = tokens.slice(third?.kind === 'char' && third.char === '/' ? 3 : 2);
  if (rest.length === 0) return true;
  return lengths.some(
    (length) => (length === 0 || chars[length - 1] === '/') && matchAsMoby(rest, chars.slice(length)),
  );
}

function matchOne(token: Token, char: string): boolean {
  if (token.kind === 'char') return token.char === char;
  if (token.kind !== 'class') return char !== '/';
  return token.ranges.some(([low, high]) => low <= char && char <= high) !== token.negated;
}

test('in ignore files, a class may take the slash that a later star cannot', () => {
  expect(compileGlob('*[^a]*[/b]a', 'ignore')?.('*//a')).toBe(true);
  expect(compileGlob('*[^a]*[/b]a', 'copy')?.('*//a')).toBe(false);
});

test('both modes agree with a direct form of their algorithms', () => {
  const piece = fc.constantFrom(
    'a',
    'b',
    '/',
    '*',
    '**',
    '?',
    '[ab]',
    '[^a]',
    '[/b]',
    '[b-a]',
    '\\*',
    'a*',
    '*b',
  );
  const pattern = fc.array(piece, { maxLength: 7 }).map((pieces) => pieces.join(''));
  const path = fc.array(fc.constantFrom('a', 'b', '/', '*'), { maxLength: 8 });
  fc.assert(
    fc.property(pattern, path, (pattern, path) => {
      const tokens = parseGlob(pattern)!;
      expect(matches(pattern, path.join(''))).toBe(matchAsGo(tokens, path));
      const ignore = compileGlob(pattern, 'ignore');
      // "Ends with" and "begins with" have fixtures of their own.
      const isShort = /^(?:\*\*[^*?[\\]*|[^*?[\\]*\*\*)$/.test(pattern);
      if (!isShort)
        expect(ignore?.(path.join(''))).toBe(
          pattern.includes('[b-a]') ? undefined : matchAsMoby(tokens, path),
        );
    }),
    { numRuns: 3000 },
  );
});

test('a pattern is expanded part by part, as filepath.Glob does', () => {
  const files = ['a/x.js', 'a/y.ts', 'b/x.js', 'b/[i]/x.js', 'c'];
  const paths = new Set(
    files.flatMap((file) => file.split('/').map((_, at, all) => all.slice(0, at + 1).join('/'))),
  );
  const list = (directory: string) =>
    [...paths].flatMap((path) => {
      const start = directory === '' ? '' : `${directory}/`;
      const name = path.slice(start.length);
      return path.startsWith(start) && name !== '' && !name.includes('/') ? [name] : [];
    });
  const expand = (pattern: string) => expandGlob(pattern, { list, exists: (path) => paths.has(path) });
  expect(expectOk(expand('*/x.js'))).toEqual(['a/x.js', 'b/x.js']);
  expect(expectOk(expand('[ab]/*.js'))).toEqual(['a/x.js', 'b/x.js']);
  expect(expectOk(expand('b/\\[i]/*'))).toEqual(['b/[i]/x.js']);
  expect(expectOk(expand('\\[missing]'))).toEqual(['[missing]']);
  expect(expectOk(expand('*/missing'))).toEqual([]);
  // Malformed, even if nothing would be compared with it.
  expect(listFailures(expand('missing*/[')).join()).toContain('GLOB_BAD_PATTERN');
});
