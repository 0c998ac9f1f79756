import { ignoreNothing, parseIgnoreFile, type Source } from '@prism-build/containerfile';
import type { Part } from '@prism-build/languages';
import fc from 'fast-check';
// The very matcher of the task hasher: what it says is in a fileset is what Nx hashes.
import { minimatch } from 'minimatch';
import { matchGlobPaths } from 'nx/src/native';
import { workspaceFileset } from '../../src/inference/read/fileset';
import { toExclusions, toFilesets, toPartFilesets } from '../../src/inference/read/filesets';
import { readComponent } from '../support/readComponent';

const rulesOf = (text: string) => {
  const rules = parseIgnoreFile(text, 'ignore');
  return rules.ok ? rules.value : undefined;
};
const sourceOf = (path: string): Source => ({ kind: 'path', path, glob: false, directory: false });
const covers = (globs: readonly string[], path: string): boolean =>
  matchGlobPaths(
    globs.map((glob) => glob.replace('{workspaceRoot}/', '')),
    [path],
  )[0]!;

test.each([
  ['svc/a', 'hello', ['{workspaceRoot}/svc/a/hello', '{workspaceRoot}/svc/a/hello/**/*']],
  ['.', 'x/*.go', ['{workspaceRoot}/x/*.go', '{workspaceRoot}/x/*.go/**/*']],
  ['svc', '.', ['{workspaceRoot}/svc/**/*']],
  // Braces are alternatives for Nx only, and what a backslash makes literal is one character for both.
  ['svc', 'd/a{b,c}', ['{workspaceRoot}/svc/d/a?b,c?', '{workspaceRoot}/svc/d/a?b,c?/**/*']],
  ['svc', 'a(b', ['{workspaceRoot}/svc/a?b', '{workspaceRoot}/svc/a?b/**/*']],
  ['s(v)c', '[ab]\\[\\x\\]?', ['{workspaceRoot}/s?v?c/*?x?*', '{workspaceRoot}/s?v?c/*?x?*/**/*']],
])('context %s, source %s', (context, path, expected) => {
  expect(toFilesets(context, [sourceOf(path)])).toEqual(expected);
});

test('a URL is no file', () => {
  expect(toFilesets('.', [{ kind: 'url', url: 'https://x/y' }])).toEqual([]);
});

test.each([
  ['*.md', [], ['!{workspaceRoot}/c/*.md', '!{workspaceRoot}/c/*.md/**']],
  // What a later exception may bring back is not left out.
  ['*.md\n!README.md\n*.txt', [], ['!{workspaceRoot}/c/*.txt', '!{workspaceRoot}/c/*.txt/**']],
  ['*.md\n!README.md', [], []],
  // The ignore file itself counts, though it ignores itself.
  ['.containerignore\n.*\nx', ['.containerignore'], ['!{workspaceRoot}/c/x', '!{workspaceRoot}/c/x/**']],
  ['keep', ['keep/below/file'], []],
  // Nx fails on `..`, which no file of a context matches.
  ['../x\nb/../../x', [], []],
])('ignore file %j', (text, mustCount, expected) => {
  expect(toExclusions('c', rulesOf(text)!, mustCount)).toEqual(expected);
});

/** Names that are patterns to Nx, or that it ends over. */
const oddNames = [
  ...[
    'a(b)c',
    'a+(b)c',
    'a!(b)c',
    'a@(b)c',
    'a?(b)c',
    'a*(b)c',
    '!a',
    'a{b,c}d',
    'a{b',
    'a}b',
    'a[b',
    '[!a]b',
  ],
  ...['(a', 'a)', 'a\\b', '#a', '[a-c]x', 'a**b', '{a}', '\\', '?'],
];

test.each(oddNames)('a path called %s is what its fileset covers', (name) => {
  for (const path of [name, `${name}/${name}`, `x/${name}`, `${name}/x`]) {
    const glob = workspaceFileset(path);
    expect([glob, covers([glob], path), covers([`${glob}/**/*`], `${path}/below`)]).toEqual([
      glob,
      true,
      true,
    ]);
    // The matcher of `affected`.
    const pattern = glob.replace('{workspaceRoot}/', '');
    expect([minimatch(path, pattern), minimatch(`${path}/below`, `${pattern}/**/*`)]).toEqual([true, true]);
  }
});

describe('never narrower than the build', () => {
  const segment = fc.constantFrom(
    'a',
    'b',
    'ab',
    '.a',
    'a.md',
    'b c',
    'a{b',
    'a!',
    '@x',
    'a+',
    '[a]',
    'ä',
    '(a)',
    '-',
    'a]',
    ...oddNames,
  );
  const file = fc.array(segment, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));
  const piece = fc.constantFrom(
    'a',
    'b',
    'ab',
    '.a',
    '*',
    '**',
    '?',
    '*.md',
    '[ab]',
    '[^a]',
    'a*',
    '*a',
    '.',
    '..',
    '{a,b}',
    '!(a)',
    '@x',
    'a+',
    '\\a',
    'b c',
    '**a',
    'a**',
    '?a',
    '[a-b]b',
    '[!a]',
    '(a)',
    'ä',
    'a]',
    '-',
  );
  const pattern = fc
    .tuple(
      fc.constantFrom('', '', '!', '/', '!/'),
      fc.array(piece, { minLength: 1, maxLength: 3 }),
      fc.constantFrom('', '', '/'),
    )
    .map(([before, parts, after]) => `${before}${parts.join('/')}${after}`);
  const context = fc.constantFrom('.', 'svc', 'svc/a', '[svc]', 'a{b}', ...oddNames);

  test('every file that is let through and that a COPY takes is in the key', () => {
    fc.assert(
      fc.property(
        context,
        fc.array(file, { minLength: 1, maxLength: 6 }),
        fc.array(pattern, { maxLength: 4 }),
        pattern.filter((text) => !text.startsWith('!')),
        (directory, files, ignored, copied) => {
          const rules = rulesOf(ignored.join('\n'));
          // JSON form, so that blanks and brackets are one word each.
          const text = `FROM scratch\nCOPY ${JSON.stringify([copied, '/x/'])}\n`;
          const component = readComponent(text, 'Containerfile', { platforms: ['linux/amd64'] });
          fc.pre(rules !== undefined && component.ok);
          const { image } = component.ok ? component.value : { image: [] };
          const key = [...toFilesets(directory, image), ...toExclusions(directory, rules!, [])];
          for (const path of files) {
            if (rules!.ignores(path, false) || !image.some((source) => takes(source, path))) continue;
            const absolute = directory === '.' ? path : `${directory}/${path}`;
            if (!covers(key, absolute))
              throw new Error(`${absolute} is read, and not in ${JSON.stringify(key)}`);
          }
        },
      ),
      { numRuns: 3000 },
    );
  });

  /** What COPY takes, said with the matcher of ignore files: a pattern takes what it matches and all below. */
  function takes(source: Source, path: string): boolean {
    if (source.kind !== 'path') return false;
    if (source.path === '.') return true;
    if (source.path.includes('**')) return false;
    return rulesOf(source.path.replace(/^#/, '\\#'))?.ignores(path, false) ?? false;
  }
});

test('without an ignore file nothing is left out', () => {
  expect(toExclusions('c', ignoreNothing, [])).toEqual([]);
});

test('parts of the workspace, and what of them does not count', () => {
  const parts: Part[] = [
    { kind: 'file', path: 'a/go.mod' },
    { kind: 'files', path: 'a/[id]', names: '*.go' },
    { kind: 'tree', path: 'a/static' },
    { kind: 'tree', path: '' },
  ];
  const filesets = toPartFilesets('a', parts, ['_test.go', '_windows.go']);
  expect(filesets.slice(0, -1)).toEqual([
    '{workspaceRoot}/a/go.mod',
    '{workspaceRoot}/a/?id?/*.go',
    '{workspaceRoot}/a/static/**/*',
    '{workspaceRoot}/**/*',
  ]);
  const files = ['a/b/x.go', 'a/b/x_test.go', 'a/x_windows.go', 'a/go.mod', 'b/x_test.go'];
  expect(files.filter((file) => covers(filesets, file))).toEqual(['a/b/x.go', 'a/go.mod', 'b/x_test.go']);
  // Nx refuses a negation that has nothing to filter.
  expect(toPartFilesets('a', [], ['_test.go'])).toEqual([]);
});
