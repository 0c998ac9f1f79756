import { until } from '../../../../test/support/workspace';
import { podman } from '../support/podman';
import { type Generated, openGenerated, ownPlatform, succeeds } from './generated';
import { backends, buildPair, generatePair, loadBuilt, runsInContainer } from './pluginPair';

/** Plugins in Python for real: a package, the SDK's and the messages in one image. */
let generated: Generated;

jest.setTimeout(600_000);
beforeAll(() => {
  generated = openGenerated();
  const { workspace, prefix, copy } = generated;
  copy('libs/plugin-sdk-python', 'libs/proto/gen/python');
  const runtimes = ['runtime', 'native', 'sqlite'].map((name) => `containerfiles/python-${name}`);
  copy('containerfiles/python-builder', ...runtimes);
  for (const file of runtimes.map((runtime) => `${runtime}/Containerfile`))
    workspace.write(file, workspace.read(file).replaceAll('localhost/prism/', `localhost/${prefix}/`));
});
afterAll(() => generated.remove());

test('plugins in Python build for both platforms, pass their tests and run', async () => {
  const { nx, conforms } = generated;
  await generatePair(generated, 'python', {
    dryRun: /CREATE plugins\/kv-memory\/Containerfile[\s\S]*CREATE plugins\/kv-memory\/requirements\.lock/,
    file: (backend) => `plugin_kv_${backend}/store.py`,
  });
  await buildPair(generated);
  const tested = await nx('run-many', '-t', 'test', '--projects=plugin-kv-*', '--parallel=1');
  expect(tested.match(/^Ran \d+ tests? in .*\n\nOK/gm)).toHaveLength(2);
  conforms('plugin-kv-memory');
  await loadBuilt(
    generated,
    backends.map((backend) => `plugin-kv-${backend}`),
  );
  for (const backend of backends)
    await runsInContainer(generated, `plugin-kv-${backend}`, [
      '/usr/bin/python3',
      '-m',
      `plugin_kv_${backend}`,
      'health',
    ]);
});

test('an edit of the SDK is an edit of the plugins, by keys and by edges', async () => {
  const { workspace, nx } = generated;
  workspace.git('add', '-A');
  await nx('graph', '--file=dist/graph.json');
  const { dependencies } = JSON.parse(workspace.read('dist/graph.json')).graph;
  const targets = (name: string) => dependencies[name].map((one: { target: string }) => one.target);
  expect(targets('plugin-kv-memory')).toEqual(expect.arrayContaining(['libs-plugin-sdk-python']));
  expect(targets('libs-plugin-sdk-python')).toEqual(['libs-proto-gen-python']);
  const affected = async (file: string) => {
    await nx('affected', '-t', 'compile', `--files=${file}`, '--graph=dist/tasks.json');
    return Object.keys(JSON.parse(workspace.read('dist/tasks.json')).tasks.tasks).sort();
  };
  const plugins = ['plugin-kv-blank:compile', 'plugin-kv-memory:compile'];
  expect(await affected('libs/plugin-sdk-python/prism_plugin_sdk/serve.py')).toEqual(plugins);
  expect(await affected('libs/plugin-sdk-python/prism_plugin_testing/process.py')).toEqual([]);
});

const healthy = (container: string, backend: string) =>
  until('the plugin in its container is healthy', () =>
    succeeds('exec', container, '/usr/bin/python3', '-m', `plugin_kv_${backend}`, 'health'),
  );

/** What a call of the plugin in a container answers. */
const ask = (container: string, call: string) =>
  podman(
    ...['exec', container, '/usr/bin/python3', '-c'],
    `import grpc
from prism.keyvalue.v1 import keyvalue_pb2 as kv
from prism.keyvalue.v1.keyvalue_pb2_grpc import KeyValueStub
print(KeyValueStub(grpc.insecure_channel("127.0.0.1:50100")).${call})`,
  );

test.each(['sql', 'queue'])(
  'backend %s: it passes its tests, and its keys survive its process',
  async (backend) => {
    const { nx, generate, start, conforms } = generated;
    const project = `plugin-kv-${backend}`;
    await generate('prism:plugin', `kv-${backend}`, `--backend=${backend}`, '--lang=python');
    expect(await nx('test', project)).toMatch(/^Ran \d+ tests in .*\n\nOK$/m);
    await nx('load-image', project, ownPlatform);
    conforms(project);
    const container = start(project);
    await healthy(container, backend);
    ask(container, 'Set(kv.SetRequest(key="a", value=b"kept"))');
    podman('restart', '--time=20', container);
    await healthy(container, backend);
    expect(ask(container, 'Get(kv.GetRequest(key="a"))')).toContain('value: "kept"');
  },
);
