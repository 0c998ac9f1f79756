import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import * as esbuild from 'esbuild';
import { matchGlobPaths } from 'nx/src/native';
import { pluginIdentity } from '../../src/inference/identity';

const repository = join(__dirname, '../../../..');
const sources = join(repository, 'tools/prism/src');
const compile = require('../../compile.cjs');

/** Where the plugin is compiled to, in a workspace that has it as sources. */
let root: string;
let compiled: string;
beforeAll(() => {
  root = fs.mkdtempSync(join(tmpdir(), 'identity-'));
  compiled = join(root, 'tools/prism/dist/0123');
  compile(sources, compiled);
});
afterAll(() => fs.rmSync(root, { recursive: true }));

const jsonInputs = (moduleDirectory: string) =>
  pluginIdentity(moduleDirectory, '/w').inputs.filter(
    (input) => typeof input !== 'string' && 'json' in input,
  );

test('an installed plugin counts with its version in package.json, which affected of Nx 24 can see, and no other package', () => {
  for (const place of ['/w/node_modules/prism/dist', '/elsewhere/prism/dist'])
    expect(jsonInputs(place)).toEqual([
      { json: '{workspaceRoot}/package.json', fields: ['dependencies.prism', 'devDependencies.prism'] },
    ]);
  expect(pluginIdentity('/w/node_modules/prism/dist', '/w').options).toHaveProperty('plugin');
});

test('a plugin that is built in the workspace counts with its sources', () => {
  expect(jsonInputs('/w/tools/prism/src/inference')).toEqual([]);
  expect(pluginIdentity(compiled, root)).toMatchObject({ options: {} });
  // Without a list of what is loaded, all counts.
  expect(pluginIdentity('/w/tools/prism/src/inference', '/w').inputs).toContain(
    '{workspaceRoot}/libs/*/src/**/*',
  );
});

test.each([
  ['build', 300],
  ['materialize', 200],
])('every file that the executor %s loads is in its identity, and no other file', async (executor, least) => {
  const inputs = pluginIdentity(compiled, root, executor).inputs.filter((input) => typeof input === 'string');
  const files = listFiles();
  const matched = matchGlobPaths(
    inputs.map((input) => input.replace('{workspaceRoot}/', '')),
    files,
  );
  const opened = await listOpened(executor);
  const counted = files.filter((_, index) => matched[index]);
  expect(counted.length).toBeGreaterThan(least);
  expect(counted).toEqual(files.filter((file) => opened.has(file)));
  expect([...opened].filter((file) => !file.includes('node_modules/') && !files.includes(file))).toEqual([]);
});

test('the packages that they import are in the identity, and none that only other code imports', () => {
  const { inputs } = pluginIdentity(compiled, root);
  const [{ externalDependencies: packages }] = inputs.filter((input) => typeof input !== 'string') as [
    { externalDependencies: string[] },
  ];
  for (const name of ['@bokuweb/zstd-wasm', 'fflate', 'unbzip2-stream', 'xz-decompress', 'zod'])
    expect(packages).toContain(name);
  for (const name of ['nx', '@nx/devkit', 'esbuild', 'fast-glob', 'jest', 'yaml'])
    expect(packages).not.toContain(name);
});

/** Tracked or new: everything that git does not ignore. */
function listFiles(): string[] {
  const argv = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  return execFileSync('git', argv, { cwd: repository, encoding: 'utf8', maxBuffer: 1 << 26 })
    .split('\0')
    .filter((file) => file !== '' && fs.existsSync(join(repository, file)))
    .sort();
}

/** What esbuild opens for an executor and its threads, as a plugin of esbuild sees it. */
async function listOpened(executor: string): Promise<Set<string>> {
  const opened = new Set<string>();
  await esbuild.build({
    ...compile.settings,
    entryPoints: [`executors/${executor}`, 'pack'].map((folder) => join(sources, folder, 'index.ts')),
    outdir: join(root, 'opened'),
    write: false,
    plugins: [
      {
        name: 'opened',
        setup: (build: esbuild.PluginBuild) =>
          build.onLoad({ filter: /./ }, ({ path }: esbuild.OnLoadArgs) => {
            opened.add(relative(repository, path));
            return undefined;
          }),
      },
    ],
  });
  return opened;
}
