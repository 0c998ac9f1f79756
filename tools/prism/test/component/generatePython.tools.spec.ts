import { existsSync } from 'node:fs';
import { digestOf } from '../../../../test/support/components';
import { until } from '../../../../test/support/workspace';
import { type Generated, host, openGenerated, podman, succeeds } from './generated';

/** Plugins in Python for real: a package, the SDK's and the messages in one image. */
let generated: Generated;

jest.setTimeout(600_000);
beforeAll(() => {
  generated = openGenerated();
  const { workspace, prefix, copy } = generated;
  copy('libs/plugin-sdk-python', 'libs/proto/gen/python');
  const runtimes = ['containerfiles/python-runtime', 'containerfiles/python-native'];
  copy('containerfiles/python-builder', ...runtimes);
  for (const file of runtimes.map((runtime) => `${runtime}/Containerfile`))
    workspace.write(file, workspace.read(file).replaceAll('localhost/prism/', `localhost/${prefix}/`));
});
afterAll(() => generated.remove());

test('plugins in Python build for both platforms, pass their tests and run', async () => {
  const { workspace, nx, generate, start } = generated;
  const files = () => workspace.git('status', '--short', '--untracked-files=all');
  expect(await generate('prism:plugin', 'kv-memory', '--lang=python', '--dry-run')).toMatch(
    /CREATE plugins\/kv-memory\/Containerfile[\s\S]*CREATE plugins\/kv-memory\/requirements\.lock/,
  );
  expect(existsSync(workspace.path('plugins'))).toBe(false);
  for (const backend of ['memory', 'blank']) {
    const options = [`kv-${backend}`, `--backend=${backend}`, '--lang=python'];
    expect(await generate('prism:plugin', ...options)).toContain(
      `CREATE plugins/kv-${backend}/plugin_kv_${backend}/store.py`,
    );
    const before = files();
    expect(await generate('prism:plugin', ...options)).toContain('nothing changed');
    expect(files()).toBe(before);
  }

  await nx('build-image', 'plugin-kv-memory');
  // One platform of the other is enough for a test: the SDK is the same.
  await nx('build-image', 'plugin-kv-blank', `--platforms=linux/${host}`);
  for (const [project, platforms] of [
    ['plugin-kv-memory', 2],
    ['plugin-kv-blank', 1],
  ] as const) {
    expect(digestOf(workspace, project)).toMatch(/^sha256:/);
    const image = JSON.parse(workspace.read(`dist/images/${project}/digest.json`));
    expect(image.platforms).toHaveLength(platforms);
  }
  const tested = await nx('run-many', '-t', 'test', '--projects=plugin-kv-*', '--parallel=1');
  expect(tested.match(/^Ran \d+ tests? in .*\n\nOK/gm)).toHaveLength(2);

  for (const backend of ['memory', 'blank']) {
    await nx('load-image', `plugin-kv-${backend}`, `--platforms=linux/${host}`);
    const name = start(`plugin-kv-${backend}`);
    await until('the plugin in its container is healthy', () =>
      succeeds('exec', name, '/usr/bin/python3', '-m', `plugin_kv_${backend}`, 'health'),
    );
    podman('stop', '--time=20', name);
    expect(podman('inspect', '--format={{.State.ExitCode}}', name)).toBe('0');
  }
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
