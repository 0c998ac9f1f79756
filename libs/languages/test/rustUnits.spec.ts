import { listContents, listUsedUnits } from '../src/rust/units';

const crate = (name: string, more = '') => `[package]\nname = "${name}"\n${more}`;
const tree: Readonly<Record<string, string>> = {
  'Cargo.toml': '[workspace]',
  'data/x.json': '1',
  'app/Cargo.toml': crate('app'),
  'app/src/main.rs': 'fn main() {}',
  'app/page.html': '1',
  'lib/Cargo.toml': crate('lib'),
  'lib/src/lib.rs': '',
  'vendor/tiny/Cargo.toml': crate('tiny'),
  'vendor/tiny/.cargo-checksum.json': '{}',
  'vendor/tiny/src/lib.rs': '',
};
const digest = (files: Readonly<Record<string, string>>, environment: object[] = [{}]) =>
  listContents({ digests: new Map(Object.entries(files)), text: (path) => files[path] }, environment);

/** The crates whose content a change alters. */
function altered(change: Record<string, string>, before = tree): string[] {
  const [one, two] = [digest(before), digest({ ...before, ...change })];
  return [...one.keys()].filter((name) => one.get(name) !== two.get(name)).sort();
}

test.each<[string, string[]]>([
  ['app/src/main.rs', ['app']],
  ['app/page.html', ['app']],
  ['lib/src/lib.rs', ['lib']],
  ['data/x.json', ['app', 'lib']],
  ['Cargo.toml', ['app', 'lib']],
  ['vendor/tiny/src/lib.rs', ['tiny']],
])('a change of %s is one of %j', (path, expected) => {
  expect(altered({ [path]: `${tree[path]} ` })).toEqual(expected);
});

test('a crate with a path that leads out may be made of all; with such a macro, every crate', () => {
  const outside = { ...tree, 'app/src/main.rs': 'include_str!("../../lib/data")', 'lib/data': '1' };
  expect(altered({ 'lib/data': '2' }, outside)).toEqual(['app', 'lib']);
  const macro = {
    ...tree,
    'lib/Cargo.toml': crate('lib', '[lib]\nproc-macro = true\n'),
    'lib/src/lib.rs': 'start.ancestors()',
    'app2/Cargo.toml': crate('app2'),
  };
  expect(altered({ 'app/page.html': '2' }, macro)).toEqual(['app', 'app2', 'lib']);
});

test('a build script may call a library of the tree that leads out, or another program', () => {
  const scripted = {
    ...tree,
    'app/build.rs': 'lib::all()',
    'other/Cargo.toml': crate('other'),
    'other/x': '1',
  };
  expect(altered({ 'other/x': '2' }, scripted)).toEqual(['other']);
  const leading = { ...scripted, 'lib/src/lib.rs': 'Path::new("../other/x")' };
  expect(altered({ 'other/x': '2' }, leading)).toEqual(['app', 'lib', 'other']);
  const calling = { ...scripted, 'app/build.rs': 'Command::new("cargo")' };
  expect(altered({ 'other/x': '2' }, calling)).toEqual(['app', 'lib', 'other']);
});

test('a call that goes to a parent counts only if a macro or a build script may execute it', () => {
  const calls = { ...tree, 'lib/src/lib.rs': 'list.pop()' };
  expect(altered({ 'app/page.html': '2' }, calls)).toEqual(['app']);
  expect(altered({ 'app/page.html': '2' }, { ...calls, 'app/build.rs': '' })).toEqual(['app', 'lib']);
});

test('what the stage sets counts for its own crates', () => {
  const [one, two] = [digest(tree, [{ VERSION: '1' }]), digest(tree, [{ VERSION: '2' }])];
  expect(two.get('app')).not.toBe(one.get('app'));
  expect(two.get('tiny')).toBe(one.get('tiny'));
});

test('one platform or several of equal settings: the same content, so no crate is compiled once more', () => {
  const own = digest(tree, [{ VERSION: '1' }]);
  expect(digest(tree, [{ VERSION: '1' }, { VERSION: '1' }])).toEqual(own);
  expect(digest(tree, [{ VERSION: '1' }, { VERSION: '2' }]).get('app')).not.toBe(own.get('app'));
});

test('units out of what cargo says', () => {
  const id = 'path+file:///w/source/src#server@0.1.0';
  const artifact = (kind: string, name: string, filenames: string[], fresh: boolean, package_id = id) =>
    JSON.stringify({
      reason: 'compiler-artifact',
      package_id,
      target: { kind: [kind], name },
      filenames,
      fresh,
    });
  const stdout = [
    artifact('lib', 'server', ['/c/t/release/deps/libserver-0123456789abcdef.rlib'], true),
    artifact(
      'custom-build',
      'build-script-build',
      ['/c/release/build/word-0123456789abcdee/build-script-build'],
      false,
      'path+file:///w/source/src/word#0.1.0',
    ),
    JSON.stringify({
      reason: 'build-script-executed',
      package_id: id,
      out_dir: '/c/t/release/build/server-0123456789abcded/out',
    }),
    artifact('bin', 'serve', ['/run/t/release/serve'], true),
    'not { json',
    '{"reason":"build-finished","success":true}',
  ].join('\n');
  expect(listUsedUnits(stdout, (directory) => directory.replace('/run', '/c'))).toEqual([
    { folder: '/c/t/release', package: 'server', hash: '0123456789abcdef', kind: '', fresh: true },
    { folder: '/c/release', package: 'word', hash: '0123456789abcdee', kind: '', fresh: false },
    {
      folder: '/c/t/release',
      package: 'server',
      hash: '0123456789abcded',
      kind: 'run-build-script',
      fresh: false,
    },
    { folder: '/c/t/release', package: 'server', kind: 'bin-serve', fresh: true },
  ]);
});
