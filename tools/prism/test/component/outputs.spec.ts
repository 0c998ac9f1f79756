import * as fs from 'node:fs';
import { makeWorkspace, type Ran, type Workspace } from '../../../../test/support/workspace';

/** Outputs of targets are inputs of the images that copy them, wherever the target is declared. */
let workspace: Workspace;
afterEach(() => workspace.remove());

const done = async (running: Promise<Ran>): Promise<string> => {
  const { status, output } = await running;
  if (status !== 0) throw new Error(output);
  return output;
};
const nx = (...args: string[]) => done(workspace.nx([...args, '--output-style=static']));
const digest = () => JSON.parse(workspace.read('dist/images/api/digest.json')).index.digest as string;
const commit = () => {
  workspace.git('add', '-A');
  workspace.git('commit', '-qm', 'x');
};
const build = {
  command: 'mkdir -p dist/apps/api && cat libs/util/text.js apps/api/main.js > dist/apps/api/main.js',
  cache: true,
  inputs: ['{projectRoot}/main.js', '{workspaceRoot}/libs/util/**/*'],
  outputs: ['{workspaceRoot}/dist/apps/api'],
};
const plugin = `module.exports = { name: 'other', createNodes: ['**/other.json', (files) => files.map((file) =>
  [file, { projects: { 'apps/api': { targets: { build: ${JSON.stringify(build)} } } } }])] };`;

function writeApi(targets: object): void {
  workspace.write('libs/util/text.js', 'one\n');
  workspace.write('apps/api/main.js', 'main\n');
  workspace.write('apps/api/Dockerfile', 'FROM scratch\nCOPY dist/apps/api /app\n');
  workspace.write('apps/api/project.json', JSON.stringify({ name: 'api', targets }));
}

test.each([
  ['project.json says', false],
  ['another plugin infers', true],
])(
  'an image is built after the target that makes its files, and follows its sources: %s',
  async (_, inferred) => {
    workspace = makeWorkspace();
    writeApi(inferred ? {} : { build });
    if (inferred) {
      workspace.write('apps/api/other.json', '{}');
      workspace.write('other.js', plugin);
      workspace.write('nx.json', JSON.stringify({ plugins: ['./other.js', 'prism'], analytics: false }));
    }
    commit();
    expect(await nx('build-image', 'api')).not.toMatch(/not cached|warning/);
    const first = digest();
    workspace.write('libs/util/text.js', 'two\n');
    expect(await nx('affected', '-t', 'build-image', '--base=HEAD')).toMatch(/> nx run api:build-image/);
    const second = digest();
    expect(second).not.toBe(first);
    workspace.write('libs/util/text.js', 'three\n');
    await nx('run-many', '-t', 'build', 'build-image');
    expect([first, second]).not.toContain(digest());
    workspace.write('libs/util/text.js', 'two\n');
    expect(await nx('build-image', 'api')).toMatch(/nx run api:build-image .*\[local cache\]/);
    expect(digest()).toBe(second);
  },
);

test('what git ignores and nobody says who makes is warned of and not cached; the option names its maker', async () => {
  workspace = makeWorkspace();
  const script = { command: 'mkdir -p dist/apps/api && cp apps/api/main.js dist/apps/api/' };
  writeApi({ pack: script });
  commit();
  const lost = await workspace.nx(['build-image', 'api']);
  expect(lost.status).toBe(1);
  expect(lost.output).toMatch(/apps\/api\/Dockerfile:2: COPY_SOURCE_MISSING: .*git ignores it/);
  expect(lost.output.match(/COPY_SOURCE_MISSING/g)).toHaveLength(1);
  await nx('pack', 'api');
  const warning = /not cached: apps\/api\/Dockerfile:2 copies dist\/apps\/api, .*"from": \{"dist\/apps\/api"/;
  expect(await nx('build-image', 'api')).toMatch(warning);
  expect(await nx('build-image', 'api')).not.toMatch(/build-image .*\[local cache\]/);
  writeApi({ pack: script, 'build-image': { options: { from: { 'dist/apps/api': 'pack' } } } });
  fs.rmSync(workspace.path('dist'), { recursive: true });
  expect(await nx('build-image', 'api')).not.toMatch(/not cached|warning/);
  expect(await nx('build-image', 'api')).toMatch(/build-image .*\[local cache\]/);
});

test('a wrong context is said before a lock is asked for; a Compose file says the right one', async () => {
  workspace = makeWorkspace();
  workspace.write('svc/api/Dockerfile', 'FROM debian:12\nCOPY own libs/a /\n');
  workspace.write('svc/api/own', 'own');
  workspace.write('libs/a/x', 'x');
  commit();
  const { status, output } = await workspace.nx(['build-image', 'api']);
  expect(status).toBe(1);
  expect(output).toMatch(
    /svc\/api\/Dockerfile:2: COPY_SOURCE_MISSING: COPY source libs\/a .*\n {2}to do: Set "context": "\."/,
  );
  expect(output).not.toMatch(/IMAGE_NOT_LOCKED/);
  workspace.write('svc/api/Dockerfile', 'FROM scratch\nCOPY libs/a /\n');
  workspace.write(
    'compose.yaml',
    'services: { api: { build: { context: ., dockerfile: svc/api/Dockerfile } } }\n',
  );
  await nx('build-image', 'api');
  const shown = JSON.parse(await done(workspace.nx(['show', 'project', 'api', '--json'])));
  expect(shown.targets['build-image'].metadata.description).toMatch(
    /context is the workspace root \(compose.yaml, service api\)/,
  );
});
