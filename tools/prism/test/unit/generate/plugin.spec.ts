import { plugin } from '../../../src/generate';
import { addToGoWork } from '../../../src/generate/plugin/goWork';
import {
  compareVersions,
  mergeRequires,
  mergeSums,
  parseGoModule,
} from '../../../src/generate/shared/goModule';
import { outcome, sdkFiles, snapshot, treeOf } from './trees';

const make = (tree: ReturnType<typeof treeOf>, options: object) => outcome(() => plugin(tree, options));

test.each(['memory', 'sql', 'queue', 'blank'])(
  'backend %s: whole, formatted as templates are, and no second time',
  async (backend) => {
    const tree = treeOf(sdkFiles());
    expect((await make(tree, { name: 'redis-cache', backend })).error).toBe('');
    const files = snapshot(tree, 'plugins/redis-cache');
    expect(Object.keys(files).sort()).toEqual(
      expect.arrayContaining(
        ['Containerfile', 'README.md', 'go.mod', 'go.sum', 'project.json', 'store.go', 'store_test.go']
          .map((name) => `plugins/redis-cache/${name}`)
          .concat('plugins/redis-cache/cmd/plugin-redis-cache/main.go'),
      ),
    );
    for (const [path, text] of Object.entries(files)) {
      expect([path, /<%|%>|__name__|undefined/.exec(text)]).toEqual([path, null]);
      if (path.endsWith('/store.go')) expect(text).toMatch(/^package rediscache$/m);
    }
    const image = files['plugins/redis-cache/Containerfile']!;
    expect(image).toMatch(/^FROM localhost\/prism\/base-go-builder AS compile$/m);
    expect(image).toMatch(/^FROM scratch$/m);
    expect(image).toMatch(/^USER 65532:65532\nEXPOSE 50100\nENTRYPOINT \["\/plugin-redis-cache"\]\n$/m);
    expect(tree.read('go.work', 'utf-8')).toMatch(/\t\.\/plugins\/postgres\n\t\.\/plugins\/redis-cache\n\)/);
    const before = snapshot(tree);
    expect(await make(tree, { name: 'redis-cache', backend })).toMatchObject({
      error: '',
      output: expect.stringContaining('nothing changed'),
    });
    expect(snapshot(tree)).toEqual(before);
  },
);

test.each([
  ['Redis', /NAME_INVALID: "Redis".*\n {2}cause: it does not begin with a small letter/],
  ['a--b', /NAME_INVALID/],
  ['a_b', /NAME_INVALID/],
  ['../x', /NAME_INVALID/],
  ['9lives', /NAME_INVALID/],
  ['x'.repeat(41), /NAME_INVALID.*\n {2}cause: it has 41 characters/],
  ['func', /NAME_INVALID: func cannot be a package of Go/],
])('the name %s is refused', async (name, message) => {
  const tree = treeOf(sdkFiles());
  const before = snapshot(tree);
  expect((await make(tree, { name })).error).toMatch(message);
  expect(snapshot(tree)).toEqual(before);
});

test('what is there is not overwritten', async () => {
  const tree = treeOf({
    ...sdkFiles(),
    'plugins/taken/notes.txt': 'mine',
    'x/project.json': '{"name":"plugin-far"}',
  });
  expect((await make(tree, { name: 'taken' })).error).toMatch(/NAME_TAKEN: plugins\/taken is there already/);
  expect((await make(tree, { name: 'far' })).error).toMatch(
    /NAME_TAKEN: there is a project plugin-far already, in x/,
  );
  expect((await make(tree, { name: 'edited' })).error).toBe('');
  tree.write('plugins/edited/store.go', 'package edited\n');
  const before = snapshot(tree);
  expect((await make(tree, { name: 'edited' })).error).toMatch(/^plugins\/edited\/store\.go: FILE_DIFFERS/);
  expect(snapshot(tree)).toEqual(before);
});

test('without the SDK, with a half merged lock and with one that lacks a module nothing is written', async () => {
  const conflict = '<<<<<<< HEAD\nx\n=======\ny\n>>>>>>> other\n';
  const cases: [Record<string, string>, RegExp][] = [
    [{}, /PLUGIN_SDK_MISSING[\s\S]*cause: not here: libs\/plugin-sdk\/go\.mod, /],
    [{ ...sdkFiles(), 'libs/plugin-sdk/go.sum': conflict }, /^libs\/plugin-sdk\/go\.sum: LOCK_DIRTY/],
    [{ ...sdkFiles(), 'go.work': `${sdkFiles()['go.work']}${conflict}` }, /^go\.work: LOCK_DIRTY/],
    [
      { ...sdkFiles(), 'libs/plugin-sdk/go.sum': '' },
      /LOCK_DIRTY[\s\S]*missing: .*google\.golang\.org\/grpc v/,
    ],
  ];
  for (const [files, message] of cases) {
    const tree = treeOf(files);
    const before = snapshot(tree);
    expect((await make(tree, { name: 'x' })).error).toMatch(message);
    expect(snapshot(tree)).toEqual(before);
  }
});

test('combinations without a template are refused', async () => {
  expect((await make(treeOf(sdkFiles()), { name: 'x', lang: 'python', backend: 'sql' })).error).toMatch(
    /COMBINATION_NOT_SUPPORTED: there is no template for a plugin in python with the backend sql/,
  );
  expect((await make(treeOf(sdkFiles()), { name: 'x', lang: 'cobol' })).error).toMatch(
    /OPTIONS_INVALID: option lang/,
  );
});

test('modules: the newer version of both lists, and every sum once', () => {
  const read = parseGoModule(
    'module a.b/c\n\ngo 1.26.8\n\nrequire x.y/one v1.2.3\n\nrequire (\n\tx.y/two v1.0.0 // indirect\n)\n',
    'go.mod',
  );
  if (!read.ok) throw new Error('not read');
  expect([...read.value.requires]).toEqual([
    ['x.y/two', 'v1.0.0'],
    ['x.y/one', 'v1.2.3'],
  ]);
  expect([...read.value.indirect]).toEqual(['x.y/two']);
  const merged = mergeRequires(
    read.value.requires,
    new Map([
      ['x.y/one', 'v1.10.0'],
      ['x.y/two', 'v0.9.0'],
    ]),
  );
  expect([...merged]).toEqual([
    ['x.y/one', 'v1.10.0'],
    ['x.y/two', 'v1.0.0'],
  ]);
  expect(mergeSums('b\na\n', 'a\nc\n')).toBe('a\nb\nc\n');
  expect(parseGoModule('go 1.26\n', 'go.mod').ok).toBe(false);
});

test('versions are compared as numbers; a pre-release comes before its version', () => {
  const sorted = ['v0.9.0', 'v0.10.0-rc.1', 'v0.10.0', 'v1.0.0', 'v1.0.1', 'v1.26.8', 'v10.0.0'];
  const shuffled = [...sorted].reverse().sort(compareVersions);
  expect(shuffled).toEqual(sorted);
  expect(compareVersions('1.26', '1.26.0')).toBe(0);
});

test('go.work keeps everything but the one line', () => {
  const text = 'go 1.26.8\n\ntoolchain go1.26.8\n\nuse (\n\t./a\n\t./c\n)\n\nreplace x => ./y\n';
  const added = addToGoWork(text, 'b');
  if (!added.ok) throw new Error('not added');
  expect(added.value).toBe(text.replace('\t./c', '\t./b\n\t./c'));
  expect(addToGoWork(added.value, 'b')).toEqual(added);
  expect(addToGoWork('go 1.26.8\n\nuse ./a\n', 'b').ok).toBe(false);
});
