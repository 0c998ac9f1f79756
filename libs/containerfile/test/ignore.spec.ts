import fc from 'fast-check';
import { ignoreFileCandidates, parseIgnoreFile } from '../src/index';
import { expectOk, fixture, listFailures } from './support';

interface Row {
  readonly lines: readonly string[];
  readonly error?: boolean;
  readonly ignored?: readonly string[];
}

/** Recorded from moby/patternmatcher 0.6 and its ignorefile reader. */
const { tree, rows }: { tree: string[]; rows: Row[] } = JSON.parse(fixture('ignore.json'));

test.each(rows.map((row) => ({ ...row, name: JSON.stringify(row.lines) })))(
  '$name',
  ({ lines, error, ignored }) => {
    const parsed = parseIgnoreFile(lines.join('\n'), '.containerignore');
    expect(parsed.ok).toBe(error !== true);
    if (parsed.ok) expect(tree.filter((path) => parsed.value.ignores(path, false))).toEqual(ignored);
  },
);

test('every malformed line is reported', () => {
  expect(listFailures(parseIgnoreFile('a\n[\nb\n!\n\0', 'f'))).toEqual([
    '5 CONTAINERFILE_NOT_TEXT',
    '2 IGNORE_FILE_BAD_PATTERN',
    '4 IGNORE_FILE_BAD_PATTERN',
  ]);
});

test('a directory is pruned only when nothing in it can come back', () => {
  const prunes = (text: string, directory: string) =>
    expectOk(parseIgnoreFile(text, 'f')).canPrune(directory);
  expect(prunes('docs', 'docs')).toBe(true);
  expect(prunes('docs', 'src')).toBe(false);
  expect(prunes('*\n!docs/README.md', 'docs')).toBe(false);
  expect(prunes('*\n!docs/README.md', 'src')).toBe(true);
  expect(prunes('*\n!docs/README.md', 'docs/api')).toBe(true);
  expect(prunes('*\n!**/*.md', 'src')).toBe(false);
  expect(prunes('*\n!src\nsrc/x', 'src/x')).toBe(false);
  expect(prunes('*\n!s?c/*/a', 'src/x')).toBe(false);
  expect(prunes('*\n!s?c/*/a', 'sc')).toBe(true);
});

const segment = fc.constantFrom('a', 'b', 'ab', 'a.b');
const path = fc.array(segment, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
const part = fc.constantFrom('a', 'b', 'ab', 'a.b', '*', 'a*', '?', '**', '*b');
const pattern = fc
  .tuple(fc.boolean(), fc.array(part, { minLength: 1, maxLength: 3 }))
  .map(([negated, parts]) => (negated ? '!' : '') + parts.join('/'));

/** What the documentation says, part by part and without expressions. */
function matchParts(pattern: readonly string[], path: readonly string[]): boolean {
  const [first, ...rest] = pattern;
  if (first === undefined) return path.length === 0;
  if (first === '**') {
    // At the end it needs something to stand for; a lone ** is everything.
    if (rest.length === 0) return path.length > 0;
    return path.some((_, index) => matchParts(rest, path.slice(index)));
  }
  return path.length > 0 && matchName([...first], [...path[0]!]) && matchParts(rest, path.slice(1));
}

function matchName([first, ...rest]: string[], name: string[]): boolean {
  if (first === undefined) return name.length === 0;
  if (first === '*')
    return matchName(rest, name) || (name.length > 0 && matchName([first, ...rest], name.slice(1)));
  return name.length > 0 && (first === '?' || first === name[0]) && matchName(rest, name.slice(1));
}

function ignoresNaively(patterns: readonly string[], path: string): boolean {
  const parts = path.split('/');
  const prefixes = parts.map((_, index) => parts.slice(0, index + 1));
  return patterns.reduce((ignored, text) => {
    const wanted = text.replace(/^!/, '').split('/');
    return prefixes.some((prefix) => matchParts(wanted, prefix)) ? !text.startsWith('!') : ignored;
  }, false);
}

test('the matcher agrees with a naive one, and pruning loses nothing', () => {
  fc.assert(
    fc.property(fc.array(pattern, { maxLength: 4 }), path, (patterns, path) => {
      const matcher = expectOk(parseIgnoreFile(patterns.join('\n'), 'f'));
      expect(matcher.ignores(path, false)).toBe(ignoresNaively(patterns, path));
      const parent = path.slice(0, Math.max(0, path.lastIndexOf('/')));
      if (parent !== '' && matcher.canPrune(parent)) expect(matcher.ignores(path, false)).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test('arbitrary text never throws', () => {
  fc.assert(
    fc.property(fc.string(), fc.string({ unit: fc.constantFrom(...'[]^-\\*?!/a{}|+.') }), (path, text) => {
      for (const each of [text, path]) {
        const parsed = parseIgnoreFile(each, 'f');
        if (parsed.ok) parsed.value.canPrune(path);
      }
    }),
    { numRuns: 1000 },
  );
});

test('candidates come in the order of buildah 1.28', () => {
  expect(ignoreFileCandidates('Containerfile', '/w/app/')).toEqual([
    '/w/app/Containerfile.dockerignore',
    '/w/app/Containerfile.containerignore',
    '/w/app/.containerignore',
    '/w/app/.dockerignore',
  ]);
  expect(ignoreFileCandidates('/w/x/api.Containerfile', '')[0]).toBe('/w/x/api.Containerfile.dockerignore');
});
