import { plugin } from '../../../src/generate';
import { addMember, readCargoWorkspace } from '../../../src/generate/plugin/cargoWorkspace';
import { addToGoWork } from '../../../src/generate/plugin/goWork';
import { mergeRequires, mergeSums, parseGoModule } from '../../../src/generate/shared/goModule';
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
      expect([path, /<%|%>|__name__|undefined|&#/.exec(text)]).toEqual([path, null]);
      if (path.endsWith('/store.go')) expect(text).toMatch(/^package rediscache$/m);
    }
    const image = files['plugins/redis-cache/Containerfile']!;
    expect(image).toMatch(/^FROM localhost\/prism\/base-go-builder AS compile$/m);
    expect(image).toMatch(/^FROM scratch$/m);
    expect(image).toMatch(
      /^USER 65532:65532\nENV PRISM_LISTEN=:50100\nEXPOSE 50100\nENTRYPOINT \["\/plugin-redis-cache"\]\n$/m,
    );
    expect(tree.read('go.work', 'utf-8')).toMatch(
      /\t\.\/plugins\/redis\n\t\.\/plugins\/redis-cache\n\t\.\/plugins\/sqlite\n\)/,
    );
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

test.each(['memory', 'sql', 'queue', 'blank'])(
  'in Rust, backend %s: a member of the workspace, locked',
  async (backend) => {
    const tree = treeOf(sdkFiles());
    const keeps = !['memory', 'blank'].includes(backend);
    expect((await make(tree, { name: 'redis-cache', backend, lang: 'rust' })).error).toBe('');
    const files = snapshot(tree, 'plugins/redis-cache');
    expect(Object.keys(files)).toEqual(
      expect.arrayContaining(
        ['Cargo.toml', 'Containerfile', 'README.md', 'project.json', 'src/store.rs', 'tests/process.rs'].map(
          (name) => `plugins/redis-cache/${name}`,
        ),
      ),
    );
    for (const [path, text] of Object.entries(files))
      expect([path, /<%|%>|__name__|undefined|&#/.exec(text)]).toEqual([path, null]);
    const image = files['plugins/redis-cache/Containerfile']!;
    expect(image).toMatch(/^FROM localhost\/prism\/base-rust-builder AS compile$/m);
    expect(image).toMatch(/^COPY plugins plugins\nCOPY proxy proxy\n/m);
    expect(image).toMatch(/^COPY libs\/transport libs\/transport$/m);
    expect(image).toMatch(
      /^USER 65532:65532\nENV PRISM_LISTEN=:50100\nEXPOSE 50100\nENTRYPOINT \["\/plugin-redis-cache"\]\n$/m,
    );
    expect(image.includes('VOLUME /data')).toBe(keeps);
    expect(Object.keys(files).includes('plugins/redis-cache/data/README')).toBe(keeps);
    // It belongs to the workspace's.
    expect(Object.keys(files)).not.toContain('plugins/redis-cache/Cargo.lock');
    expect(tree.read('Cargo.toml', 'utf-8')).toMatch(/^members = .*"plugins\/redis-cache", "proxy"\]/m);
    expect(tree.read('go.work', 'utf-8')).not.toContain('redis-cache');
    const before = snapshot(tree);
    expect((await make(tree, { name: 'redis-cache', backend, lang: 'rust' })).output).toContain(
      'nothing changed',
    );
    expect(snapshot(tree)).toEqual(before);
  },
);

test('what cargo could not lock, or nobody can edit, is refused', async () => {
  const { 'Cargo.lock': lock = '', 'Cargo.toml': manifest = '', ...others } = sdkFiles();
  const conflict = '<<<<<<< HEAD\nx\n=======\ny\n>>>>>>> other\n';
  const cases: [Record<string, string>, RegExp][] = [
    [others, /PLUGIN_SDK_MISSING[\s\S]*cause: not here: Cargo\.toml, Cargo\.lock/],
    [{ ...others, 'Cargo.toml': manifest, 'Cargo.lock': `${lock}${conflict}` }, /^Cargo\.lock: LOCK_DIRTY/],
    [{ ...others, 'Cargo.toml': `${manifest}${conflict}`, 'Cargo.lock': lock }, /^Cargo\.toml: LOCK_DIRTY/],
    [
      { ...others, 'Cargo.toml': manifest, 'Cargo.lock': 'version = 4\n' },
      /exactly one .*prism-plugin-sdk, tokio/,
    ],
    [{ ...others, 'Cargo.toml': '[package]\nname = "x"\n', 'Cargo.lock': lock }, /it is not a workspace/],
  ];
  for (const [files, message] of cases) {
    const tree = treeOf(files);
    const before = snapshot(tree);
    expect((await make(tree, { name: 'x', lang: 'rust' })).error).toMatch(message);
    expect(snapshot(tree)).toEqual(before);
  }
});

test('Cargo.toml gets one entry in its place, and keeps all else', () => {
  const text = '[workspace]\nmembers = [\n    "a",\n]\n\n[workspace.package]\nversion = "1.0.0"\n';
  const workspace = readCargoWorkspace(text);
  if (!workspace.ok) throw new Error('not read');
  expect(addMember(text, workspace.value, 'b')).toBe(text.replace('"a",\n', '"a",\n    "b",\n'));
  expect(addMember(text, workspace.value, 'a')).toBe(text);
});

const data = 'COPY --chown=65532:65532 plugins/redis-cache/data /data\nVOLUME /data\n';
const inPython = [
  { backend: 'memory', modules: ['items.py'], tests: ['test_items.py'] },
  { backend: 'sql', modules: ['database.py', 'reap.py'], base: 'sqlite', keeps: true },
  {
    backend: 'queue',
    modules: ['index.py', 'log.py', 'record.py', 'state.py'],
    tests: ['opened.py', 'test_index.py', 'test_record.py', 'test_syncs.py'],
    keeps: true,
    wheel: 'google-crc32c',
  },
  { backend: 'blank' },
];

test.each(inPython)('in Python, backend $backend: a package and its lock', async (expected) => {
  const { backend, modules = [], tests = [], base = 'native', keeps = false, wheel } = expected;
  const tree = treeOf(sdkFiles());
  expect((await make(tree, { name: 'redis-cache', backend, lang: 'python' })).error).toBe('');
  const files = snapshot(tree, 'plugins/redis-cache');
  const common = [
    'Containerfile',
    'README.md',
    'project.json',
    'requirements.in',
    'requirements.lock',
    'test',
  ];
  const own = ['__init__.py', '__main__.py', '_version.py', 'store.py', ...modules];
  const tested = ['__init__.py', 'test_process.py', 'test_store.py', ...tests];
  expect(Object.keys(files).sort()).toEqual(
    [
      ...common,
      ...own.map((file) => `plugin_redis_cache/${file}`),
      ...tested.map((file) => `tests/${file}`),
      ...(keeps ? ['data/README'] : []),
    ]
      .map((file) => `plugins/redis-cache/${file}`)
      .sort(),
  );
  for (const [path, text] of Object.entries(files))
    expect([path, /<%|%>|__package__|undefined|&#/.exec(text)]).toEqual([path, null]);
  expect(files['plugins/redis-cache/Containerfile']).toBe(`FROM localhost/prism/base-python-builder AS compile
WORKDIR /src
COPY libs/proto/gen/python/prism prism
COPY libs/plugin-sdk-python/prism_plugin_sdk prism_plugin_sdk
COPY plugins/redis-cache/requirements.lock ./
COPY plugins/redis-cache/plugin_redis_cache plugin_redis_cache
ARG VERSION=0.1.0
RUN ["compile-python", "--requirements=requirements.lock", "--stamp=plugin_redis_cache/_version.py", "plugin_redis_cache", "prism_plugin_sdk", "prism"]

FROM localhost/prism/base-python-${base}
COPY --from=compile /out/dependencies /dependencies
COPY --from=compile /out/application /application
${keeps ? `# A place that the plugin's user may write to; mount a volume here to keep the keys.\n${data}` : ''}ENV PYTHONPATH=/application:/dependencies PYTHONSAFEPATH=1
WORKDIR /
USER 65532:65532
ENV PRISM_LISTEN=:50100
EXPOSE 50100
ENTRYPOINT ["/usr/bin/python3", "-m", "plugin_redis_cache"]
`);
  for (const file of ['requirements.in', 'requirements.lock']) {
    const shared = sdkFiles()[`libs/plugin-sdk-python/${file}`]!.split('\n');
    const text = files[`plugins/redis-cache/${file}`]!;
    const added = text.split('\n').filter((line) => !shared.includes(line));
    expect(shared.filter((line) => !text.split('\n').includes(line))).toEqual([]);
    expect(added.filter((line) => !line.startsWith('    --hash'))).toEqual(
      wheel ? [expect.stringContaining(`${wheel}==`)] : [],
    );
    expect(text).not.toMatch(/https?:/);
  }
  const before = snapshot(tree);
  expect((await make(tree, { name: 'redis-cache', backend, lang: 'python' })).output).toContain(
    'nothing changed',
  );
  expect(snapshot(tree)).toEqual(before);
});

test('in Python: without the SDK, and with a half merged lock, nothing is written', async () => {
  const { 'libs/plugin-sdk-python/requirements.lock': lock = '', ...others } = sdkFiles();
  const file = 'libs/plugin-sdk-python/requirements.lock';
  const conflict = '<<<<<<< HEAD\nx\n=======\ny\n>>>>>>> other\n';
  const cases: [Record<string, string>, RegExp][] = [
    [
      others,
      /PLUGIN_SDK_MISSING: .* in Python [\s\S]*cause: not here: libs\/plugin-sdk-python\/requirements\.lock$/m,
    ],
    [{ ...others, [file]: `${lock}${conflict}` }, /^libs\/plugin-sdk-python\/requirements\.lock: LOCK_DIRTY/],
  ];
  for (const [files, message] of cases) {
    const tree = treeOf(files);
    const before = snapshot(tree);
    expect((await make(tree, { name: 'x', lang: 'python' })).error).toMatch(message);
    expect(snapshot(tree)).toEqual(before);
  }
});

test('in Python: what the SDK has locked stays as it is, also where the template needs it too', async () => {
  const tree = treeOf(sdkFiles());
  const file = 'libs/plugin-sdk-python/requirements.lock';
  const hash = (digit: string) => ` \\\n    --hash=sha256:${digit.repeat(64)}\n`;
  const head = sdkFiles()[file]!.split('\n')[0];
  const lock = `${head}\na==1${hash('0')}google-crc32c==0.9${hash('1')}grpcio==1${hash('2')}`;
  tree.write(file, lock);
  expect((await make(tree, { name: 'x', lang: 'python', backend: 'queue' })).error).toBe('');
  expect(tree.read('plugins/x/requirements.lock', 'utf-8')).toBe(lock);
});

test('a language without templates is refused', async () => {
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
    ['x.y/one', 'v1.2.3'],
    ['x.y/two', 'v1.0.0'],
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

test('the newer of two versions wins, as semantic versioning orders them', () => {
  const sorted = [
    'v0.9.0',
    'v0.10.0-rc.9',
    'v0.10.0-rc.10',
    'v0.10.0',
    'v1.0.0',
    'v1.0.1',
    'v1.26.8',
    'v10.0.0',
  ];
  const lists = sorted.map((version) => new Map([['x.y/one', version]]));
  for (const [at, list] of lists.entries()) {
    expect(mergeRequires(...lists.slice(0, at + 1)).get('x.y/one')).toBe(sorted[at]);
    expect(mergeRequires(list, ...lists.slice(0, at)).get('x.y/one')).toBe(sorted[at]);
  }
});

test('go.work keeps everything but the one line', () => {
  const text = 'go 1.26.8\n\ntoolchain go1.26.8\n\nuse (\n\t./a\n\t./c\n)\n\nreplace x => ./y\n';
  const added = addToGoWork(text, 'b');
  if (!added.ok) throw new Error('not added');
  expect(added.value).toBe(text.replace('\t./c', '\t./b\n\t./c'));
  expect(addToGoWork(added.value, 'b')).toEqual(added);
  expect(addToGoWork('go 1.26.8\n\nuse ./a\n', 'b').ok).toBe(false);
  // Whatever form names the module, it is there.
  for (const text of ['go 1.26.8\nuse ./b\n', 'go 1.26.8\nuse "b"\n', 'use (\n\t./a // old\n\t./b/\n)\n'])
    expect(addToGoWork(text, 'b')).toEqual({ ok: true, value: text });
});
