import type { Tree } from '../src/index';
import { assemble, codes, file, treeOf } from './support';

const directory = (mode = 0o755) => ({ type: 'directory' as const, mode, uid: 0, gid: 0 });
const link = (linkTarget: string) => ({ type: 'symlink' as const, mode: 0o777, uid: 0, gid: 0, linkTarget });

const context = (): Tree =>
  treeOf({
    'home.txt': file('h'),
    'home.md': file('h'),
    l: link('x/y'),
    x: directory(),
    'x/keep': file('k'),
    'x/keep.txt': file('k'),
    'x/run': file('#!', 0o755),
    'x/y': directory(),
    'x/y/f': file('f'),
    'x/y/g.txt': file('g'),
    z: directory(),
    'z/y': directory(),
    'z/y/f': file('f'),
  });

/** The paths of what a copy leaves, directories with a slash; or the failures. */
async function paths(...lines: string[]): Promise<string[]> {
  const result = await assemble(lines, context());
  if (!result.ok) return codes(result);
  const entries = result.value.layers.flatMap((layer) => [...layer.entries]);
  return [...new Set(entries.map(([path, node]) => `${path}${node.type === 'directory' ? '/' : ''}`))].sort();
}

/** Files only. */
const files = async (...lines: string[]) => (await paths(...lines)).filter((path) => !path.endsWith('/'));

test.each([
  // Below each directory that is copied, never the directory itself (BuildKit's fsutil/copy; newest Buildah).
  ['COPY --exclude=y/f x/ /e/', ['e/keep', 'e/keep.txt', 'e/run', 'e/y/g.txt']],
  ['COPY --exclude=y x/ /e/', ['e/keep', 'e/keep.txt', 'e/run']],
  ['COPY --exclude=x/y/f x/ /e/', ['e/keep', 'e/keep.txt', 'e/run', 'e/y/f', 'e/y/g.txt']],
  ['COPY --exclude=*.txt x/ /e/', ['e/keep', 'e/run', 'e/y/f', 'e/y/g.txt']],
  ['COPY --exclude=**/*.txt x/ /e/', ['e/keep', 'e/run', 'e/y/f']],
  ['COPY --exclude=y/f x/ z/ /e/', ['e/keep', 'e/keep.txt', 'e/run', 'e/y/g.txt']],
  ['COPY --exclude=x x/ /e/', ['e/keep', 'e/keep.txt', 'e/run', 'e/y/f', 'e/y/g.txt']],
  [
    'COPY --exclude=x/y/f . /e/',
    ['e/home.md', 'e/home.txt', 'e/l', 'e/x/keep', 'e/x/keep.txt', 'e/x/run', 'e/x/y/g.txt', 'e/z/y/f'],
  ],
  ['COPY --exclude=y --exclude=!y/f x/ /e/', ['e/keep', 'e/keep.txt', 'e/run', 'e/y/f']],
  ['COPY --exclude=f l /e/', ['e/g.txt']],
  ['ADD --exclude=y/f x/ /e/', ['e/keep', 'e/keep.txt', 'e/run', 'e/y/g.txt']],
  // Files that a source names or matches: by their paths, as the reference says and Buildah does.
  ['COPY --exclude=*.txt hom* /e/', ['e/home.md']],
  ['COPY --exclude=*.txt home.md home.txt /e/', ['COPY_SOURCE_MISSING app/Containerfile:2']],
  ['COPY --exclude=*.txt *.txt /e/', ['COPY_SOURCE_MISSING app/Containerfile:2']],
  ['COPY --exclude=[ x/ /e/', ['IGNORE_FILE_BAD_PATTERN app/Containerfile:2']],
])('%s', async (line, expected) => {
  expect(await files(line)).toEqual(expected);
});

test('a file that is written inline is not excluded', async () => {
  expect(await files('COPY --exclude=* <<EOF /e/', 'x', 'EOF')).toEqual(['e/EOF']);
});

test('directories stay where all in them is excluded', async () => {
  expect(await paths('COPY --exclude=** x /e/')).toEqual(['e/']);
});

test.each([
  // Behind the pivot only (BuildKit's dispatchCopy and its test testCopyRelativeParents).
  ['COPY --parents x/y/f /p/', ['p/', 'p/x/', 'p/x/y/', 'p/x/y/f']],
  ['COPY --parents x/./y/f /p/', ['p/', 'p/y/', 'p/y/f']],
  ['COPY --parents ./x/y/f /p/', ['p/', 'p/x/', 'p/x/y/', 'p/x/y/f']],
  ['COPY --parents ././x/y/f /p/', ['p/', 'p/x/', 'p/x/y/', 'p/x/y/f']],
  ['COPY --parents /x/./y /p/', ['p/', 'p/y/', 'p/y/f', 'p/y/g.txt']],
  ['COPY --parents x/y/. /p/', ['p/', 'p/x/', 'p/x/y/', 'p/x/y/f', 'p/x/y/g.txt']],
  ['COPY --parents x/./y/./f /p/', ['p/', 'p/y/', 'p/y/f']],
  ['COPY --parents */./y/f /p/', ['p/', 'p/y/', 'p/y/f']],
  ['COPY --parents */y/f /p/', ['p/', 'p/x/', 'p/x/y/', 'p/x/y/f', 'p/z/', 'p/z/y/', 'p/z/y/f']],
  ['COPY --parents **/f /p/', ['p/', 'p/x/', 'p/x/y/', 'p/x/y/f', 'p/z/', 'p/z/y/', 'p/z/y/f']],
  ['COPY --parents x/./**/*.txt /p/', ['p/', 'p/keep.txt', 'p/y/', 'p/y/g.txt']],
  ['COPY --parents --exclude=**/g.txt x/./y /p/', ['p/', 'p/y/', 'p/y/f']],
  ['COPY --parents --exclude=y/f x/./y /p/', ['p/', 'p/y/', 'p/y/g.txt']],
  ['COPY --parents --exclude=x/y/f x/y /p/', ['p/', 'p/x/', 'p/x/y/', 'p/x/y/g.txt']],
  ['COPY --parents --exclude=*.txt home.md hom* /p/', ['p/', 'p/home.md']],
  ['COPY --parents l/f /p/', ['p/', 'p/l/', 'p/l/f']],
  ['COPY --parents x/./n /p/', ['COPY_SOURCE_MISSING app/Containerfile:2']],
  ['COPY --parents n/./y /p/', ['COPY_SOURCE_MISSING app/Containerfile:2']],
  ['COPY --parents --exclude=x x/y/f /p/', ['COPY_SOURCE_MISSING app/Containerfile:2']],
])('%s', async (line, expected) => {
  expect(await paths(line)).toEqual(expected);
});

test('the directories of --parents keep their modes, and --chmod changes them too', async () => {
  const source = treeOf({ d: directory(0o700), 'd/f': file('f') });
  const modes = async (line: string) => {
    const result = await assemble([line], source);
    return result.ok && result.value.layers[0]!.entries.get('p/d')?.mode.toString(8);
  };
  expect(await modes('COPY --parents d/f /p/')).toBe('700');
  expect(await modes('COPY --parents --chmod=go+rX d/f /p/')).toBe('755');
});

test('a symbolic --chmod starts from the mode of each file', async () => {
  const result = await assemble(['COPY --chmod=u=rwX,go=r x /m/'], context());
  const modes =
    result.ok &&
    Object.fromEntries(
      [...result.value.layers[0]!.entries].map(([path, node]) => [path, node.mode.toString(8)]),
    );
  expect(modes).toMatchObject({ 'm/run': '744', 'm/keep': '644', 'm/y': '744' });
});

test('COPY --link is refused where a link of the stage is on the way', async () => {
  const at = 'COPY_DESTINATION_INVALID app/Containerfile:3';
  expect(await files('COPY l /', 'COPY --link home.md /b/')).toContain('b/home.md');
  expect(await paths('COPY . /s/', 'COPY --link home.md /s/l/')).toEqual([at]);
  expect(await paths('COPY . /s/', 'COPY --link home.md /s/l/n')).toEqual([at]);
  expect(await files('COPY . /s/', 'COPY --link home.md /s/z/n')).toContain('s/z/n');
});
