import { type KnownProject, listOutputs } from '../../../src/inference/declared/listOutputs';
import { openNxReading } from '../../../src/inference/declared/nxReading';
import { indexOutputs } from '../../../src/inference/declared/outputIndex';
import {
  type DeclaredTarget,
  readPackageJson,
  readProjectJson,
} from '../../../src/inference/declared/projectFile';
import {
  type Consumer,
  linkComponents,
  listLinkFailures,
} from '../../../src/inference/outputs/linkComponents';

const nxJson = { plugins: [{ plugin: '@nx/vite/plugin', options: { buildTargetName: 'vite:build' } }] };
const { readOutputs, withDefaults } = openNxReading('/nowhere', {
  targetDefaults: {
    pack: { outputs: ['{projectRoot}/pack'] },
    '@x/y:z': { outputs: ['{options.outputPath}'], options: { outputPath: 'dist/default/{projectName}' } },
  },
});

const project = (
  name: string,
  root: string,
  targets: Readonly<Record<string, DeclaredTarget>>,
): KnownProject => ({
  name,
  root,
  targets: Object.fromEntries(
    Object.entries(targets).map(([target, config]) => [target, withDefaults(target, config, { name, root })]),
  ),
});

interface Image {
  readonly copies: readonly string[];
  readonly from?: Record<string, string>;
  readonly ignored?: readonly string[];
  readonly runs?: boolean;
}

/** What the image of `api` in apps/api waits for, and what of it is in its key. */
function link({ copies, from = {}, ignored = [], runs = false }: Image, ...projects: KnownProject[]) {
  const taken = copies.map((path, index) => ({
    path,
    line: index + 2,
    ignored: /(^|\/)(dist|gen)(\/|$)/.test(path),
  }));
  const image = {
    takes: { taken, onlyFiles: !runs },
    references: [],
    inputs: [],
    compiled: false,
    unhashed: { facts: [], restamped: [] },
    definition: '',
  };
  const component: Consumer = {
    name: 'api',
    file: 'apps/api/Dockerfile',
    reads: { context: '.', ignored, from, compile: undefined, images: [image] },
    siblings: [],
  };
  const outputs = indexOutputs(projects.flatMap((one) => listOutputs(one, readOutputs)));
  const links = linkComponents([component], projects, outputs, nxJson);
  const [made] = links[0]!.images;
  return {
    dependsOn: made!.dependsOn,
    keys: made!.inputs.map((input) => {
      const { dependentTasksOutputFiles: glob, transitive } = input as {
        dependentTasksOutputFiles: string;
        transitive?: true;
      };
      return transitive ? `${glob} (transitive)` : glob;
    }),
    failures: listLinkFailures(links).map(({ code, at }) => `${code}:${at?.line}`),
  };
}

const build = (path: string, more: DeclaredTarget = {}) => ({
  build: { outputs: [`{workspaceRoot}/${path}`], ...more },
});
const api = project('api', 'apps/api', build('dist/apps/api'));
const web = project('web', 'apps/web', build('dist/apps/web'));

const failing = (...failures: string[]) => ({ dependsOn: [], keys: [], failures });

test.each<[string, Image, KnownProject[], ReturnType<typeof link>['dependsOn'], string[]]>([
  [
    'an output that comes back by a later line of the ignore file',
    { copies: ['dist/apps/api'], ignored: ['dist', '!dist/apps'] },
    [api],
    [{ target: 'build' }],
    ['dist/apps/api'],
  ],
  [
    'the own target',
    { copies: ['dist/apps/api', 'apps/api/src'] },
    [api, web],
    [{ target: 'build' }],
    ['dist/apps/api'],
  ],
  [
    'a file of an output',
    { copies: ['dist/apps/api/main.js'] },
    [api],
    [{ target: 'build' }],
    ['dist/apps/api/main.js'],
  ],
  [
    'a target of another project',
    { copies: ['dist/apps/web'] },
    [api, web],
    [{ target: 'build', projects: ['web'] }],
    ['dist/apps/web'],
  ],
  [
    'a directory above outputs that git ignores',
    { copies: ['dist'] },
    [api, web],
    [{ target: 'build' }, { target: 'build', projects: ['web'] }],
    ['dist/apps/api', 'dist/apps/web'],
  ],
  [
    'a pattern over several outputs',
    { copies: ['dist/apps/*/main.js'] },
    [api, web],
    [{ target: 'build' }, { target: 'build', projects: ['web'] }],
    ['dist/apps/*/main.js'],
  ],
  [
    'an output inside of another one, taken with it',
    { copies: ['dist/apps/api'] },
    [
      project('api', 'apps/api', {
        ...build('dist/apps/api'),
        assets: { outputs: ['{workspaceRoot}/dist/apps/api/assets'] },
      }),
    ],
    [{ target: 'build' }, { target: 'assets' }],
    ['dist/apps/api', 'dist/apps/api/assets'],
  ],
  [
    'the output that says it most exactly',
    { copies: ['dist/apps/api/assets/x'] },
    [
      project('api', 'apps/api', {
        ...build('dist/apps/api'),
        assets: { outputs: ['{workspaceRoot}/dist/apps/api/assets'] },
      }),
    ],
    [{ target: 'assets' }],
    ['dist/apps/api/assets/x'],
  ],
  [
    'of two that make the same, the one that runs last',
    { copies: ['dist/apps/api'] },
    [
      project('api', 'apps/api', {
        ...build('dist/apps/api'),
        minify: { outputs: ['{workspaceRoot}/dist/apps/api'], dependsOn: ['build'] },
      }),
    ],
    [{ target: 'minify' }],
    ['dist/apps/api'],
  ],
  [
    'of two that make the same, the one called build',
    { copies: ['dist/apps/api'] },
    [
      project('api', 'apps/api', {
        ...build('dist/apps/api'),
        'build-dev': { outputs: ['{workspaceRoot}/dist/apps/api'] },
      }),
    ],
    [{ target: 'build' }],
    ['dist/apps/api'],
  ],
  [
    'outputs of targetDefaults by name, by executor with an option, and by Nx itself',
    { copies: ['gen/pack', 'dist/default/two', 'dist/apps/three'] },
    [
      project('one', 'gen', { pack: {} }),
      project('two', 'two', { z: { executor: '@x/y:z' } }),
      project('three', 'apps/three', { build: {} }),
    ],
    [
      { target: 'pack', projects: ['one'] },
      { target: 'z', projects: ['two'] },
      { target: 'build', projects: ['three'] },
    ],
    ['gen/pack', 'dist/default/two', 'dist/apps/three'],
  ],
  [
    'the option from, also against outputs',
    { copies: ['dist/apps/api', 'other/x'], from: { 'dist/apps/api': 'web:pack:all', other: 'gen' } },
    [api, web],
    [{ target: 'pack:all', projects: ['web'] }, { target: 'gen' }],
    ['dist/apps/api (transitive)', 'other/x (transitive)'],
  ],
  [
    'sources that hold an output, in an image of files alone',
    { copies: ['apps/api'] },
    [project('api', 'apps/api', { build: { outputs: ['{projectRoot}/out'] } })],
    [{ target: 'build' }],
    ['apps/api/out'],
  ],
])('%s is waited for, and in the key', (_, image, projects, dependsOn, paths) => {
  const keys = paths.flatMap((path) => [path, path.replace(/( \(transitive\))?$/, '/**/*$1')]);
  expect(link(image, ...projects)).toEqual({ dependsOn, keys, failures: [] });
});

const likely = ['build', '^build', 'vite:build', '^vite:build'];
const guessing = (path: string) =>
  [`${path} (transitive)`, `${path}/**/*`].map((one) => `${one.replace(' (transitive)', '')} (transitive)`);

test.each<[string, Image, KnownProject[], ReturnType<typeof link>]>([
  ['sources', { copies: ['apps/api/src'] }, [api], failing()],
  [
    'an output that the ignore file leaves out',
    { copies: ['dist/apps'], ignored: ['dist'] },
    [api, web],
    failing(),
  ],
  [
    'a negative output',
    { copies: ['gen/x/cache'] },
    [project('g', 'g', { g: { outputs: ['{workspaceRoot}/gen/x', '!{workspaceRoot}/gen/x/cache'] } })],
    { dependsOn: likely, keys: guessing('gen/x/cache'), failures: [] },
  ],
  [
    'sources that hold an output, where a RUN may make it',
    { copies: ['apps/api'], runs: true },
    [project('api', 'apps/api', { build: { outputs: ['{projectRoot}/out'] } })],
    failing(),
  ],
  [
    'what Nx only guesses of build, where git does not ignore it',
    { copies: ['apps/api/public'] },
    [project('api', 'apps/api', { build: {} })],
    failing(),
  ],
  [
    'a target that serves',
    { copies: ['dist/x'] },
    [project('api', 'a', { serve: { continuous: true, outputs: ['{workspaceRoot}/dist/x'] } })],
    { dependsOn: likely, keys: guessing('dist/x'), failures: [] },
  ],
  [
    'a target that runs after the image',
    { copies: ['dist/x'] },
    [project('api', 'a', { ship: { dependsOn: ['load-image'], outputs: ['{workspaceRoot}/dist/x'] } })],
    { dependsOn: likely, keys: guessing('dist/x'), failures: [] },
  ],
  ['what is installed', { copies: ['apps/api/dist/node_modules'] }, [], failing()],
  [
    'two targets that make the same',
    { copies: ['dist/x'] },
    [
      project('w', 'w', {
        a: { outputs: ['{workspaceRoot}/dist/x'] },
        b: { outputs: ['{workspaceRoot}/dist/x'] },
      }),
    ],
    failing('COPY_SOURCE_UNDECIDED:2'),
  ],
  [
    'a configuration that is not the default',
    { copies: ['dist/prod'] },
    [
      project('w', 'w', {
        build: {
          outputs: ['{options.outputPath}'],
          options: { outputPath: 'dist/dev' },
          configurations: { production: { outputPath: 'dist/prod' } },
        },
      }),
    ],
    failing('COPY_SOURCE_UNDECIDED:2'),
  ],
])('%s: no known target is waited for', (_, image, projects, expected) => {
  expect(link(image, ...projects)).toEqual(expected);
});

test('the configuration that runs by itself is the one that counts', () => {
  const target = {
    outputs: ['{options.outputPath}'],
    options: {},
    configurations: { production: { outputPath: 'dist/prod' } },
  };
  const one = project('api', 'a', { build: { ...target, defaultConfiguration: 'production' } });
  expect(link({ copies: ['dist/prod'] }, one).dependsOn).toEqual([{ target: 'build' }]);
});

test('scripts are targets, as far as the project includes them; a command of its own replaces one', () => {
  const read = readPackageJson(
    JSON.stringify({
      name: 'x',
      scripts: { build: 'tsc', test: 'jest' },
      nx: {
        includedScripts: ['build'],
        targets: { build: { outputs: ['a'] }, other: { command: 'x', outputs: 'wrong' } },
      },
    }),
  );
  expect(read).toEqual({
    name: 'x',
    targets: {
      build: { executor: 'nx:run-script', script: 'tsc', outputs: ['a'] },
      other: { command: 'x' },
    },
  });
  expect(readProjectJson('{ // comment\n "targets": { "a": { "continuous": true }, "b": null, }, }')).toEqual(
    {
      targets: { a: { continuous: true }, b: {} },
    },
  );
});
