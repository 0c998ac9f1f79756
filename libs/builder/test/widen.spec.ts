import type { Node, Tree } from '@prism-build/assemble';
import { compileFailure } from '@prism-build/errors';
import { languages } from '@prism-build/languages';
import { listExtra, listReads, mayLackFiles } from '../src/widen';

const fileOf = (path: string): Node => ({
  ...{ type: 'file', mode: 0o644, uid: 0, gid: 0 },
  content: { kind: 'file', path: `/w/svc/${path.replace(/^src\//, '')}`, size: 1 },
});
const treeOf = (...paths: string[]): Tree => new Map(paths.map((path) => [path, fileOf(path)]));
const narrow = treeOf('src/Cargo.toml', 'src/app/src/main.rs');
const wide = treeOf(...narrow.keys(), 'src/data/a/one', 'src/data/b', 'src/app/note', 'src/.sqlx/q');
const reads = (...paths: string[]) => listReads(paths, { wide, narrow, context: '/w/svc' });

test('what a narrowed tree leaves out', () => {
  expect(listExtra(wide, narrow)).toEqual(['src/data/a/one', 'src/data/b', 'src/app/note', 'src/.sqlx/q']);
});

test('a directory as a whole where nothing of it was in use, else the file', () => {
  expect(reads('src/data/a/one')).toEqual({ alsoReads: ['data'], files: ['data/a/one'] });
  expect(reads('src/data/b', 'src/data/a/one', 'src/.sqlx/q').alsoReads).toEqual(['.sqlx', 'data']);
  expect(reads('src/app/note').alsoReads).toEqual(['app/note']);
});

test('all, where nobody can say', () => {
  expect(reads().alsoReads).toEqual(['.']);
});

test.each([
  ['error[E0308]: mismatched types\nerror: could not compile `x` (bin "x") due to 1 previous error', false],
  ['error[E0425]: cannot find value `PAGE` in this scope', true],
  ['error: proc macro panicked', true],
  ['error[E0308]: mismatched types\nerror[E0583]: file not found for module `x`', true],
  ['killed', true],
])('after %j Rust is tried with all: %s', (why, expected) => {
  const rust = languages.find(({ name }) => name === 'rust')!;
  expect(mayLackFiles(rust, [compileFailure('COMPILE_FAILED', { what: 'x', why })])).toBe(expected);
});

test('another compiler is no matter of files', () => {
  const failure = compileFailure('TOOLCHAIN_DIFFERS', { what: 'x' });
  expect(mayLackFiles(languages[0]!, [failure])).toBe(false);
});
