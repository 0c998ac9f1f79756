import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { dirname, join } from 'node:path';
import { isOnPath } from '@prism-build/builder';
import { run } from '@prism-build/shell';
import { directoriesOf } from '@prism-build/workspace';
import { makeWorkspace, type Workspace } from '../../../../test/support/workspace';
import { gatherFacts } from '../../src/doctor/gather';

let workspace: Workspace;
beforeAll(() => {
  workspace = makeWorkspace();
});
afterAll(() => {
  workspace.remove();
});

test('what is gathered is what this machine says of itself', async () => {
  workspace.write('containerfiles/go-builder/pin.json', '{"language":"go","version":"1.0.0"}');
  const facts = await gatherFacts(directoriesOf(workspace.root, {}), run, { HOME: workspace.root });
  const version = execFileSync('podman', ['version', '--format', '{{.Client.Version}}'], {
    encoding: 'utf8',
  }).trim();
  const driver = execFileSync('podman', ['info', '--format', '{{.Store.GraphDriverName}}'], {
    encoding: 'utf8',
  }).trim();
  expect(facts).toMatchObject({
    platform: 'linux',
    engine: { name: 'podman', version, storageDriver: driver },
  });
  const asking = (PRISM_ENGINE: string) =>
    gatherFacts(directoriesOf(workspace.root, {}), run, { HOME: workspace.root, PRISM_ENGINE });
  expect((await asking('docker')).engine?.name).toBe(isOnPath('docker') ? 'docker' : undefined);
  expect((await asking('containerd')).engine).toBeUndefined();
  expect(facts.engine?.rootless).toBe(process.getuid!() !== 0);
  expect(facts.freeWorkspace).toBeGreaterThan(0);
  expect(facts.freeStorage).toBeGreaterThan(0);
  expect(facts.starts).toMatchObject({ catatonit: true, names: {}, openFiles: expect.any(Number) });
  expect(facts.skopeo).toMatch(/^\d+\.\d+/);
  expect(facts.toolchains).toMatchObject([{ language: 'Go', wanted: '1.0.0' }]);
  expect(facts.toolchains[0]!.found).not.toBe('1.0.0');
  expect(facts.settings).toBeUndefined();
  expect(facts.dropIn.path.startsWith(workspace.root)).toBe(true);
});

test('without an engine it fails, with the command; and its JSON is JSON', async () => {
  const tools = workspace.path('tools');
  fs.mkdirSync(tools);
  for (const name of ['git', 'sh'])
    fs.symlinkSync(execFileSync('which', [name], { encoding: 'utf8' }).trim(), join(tools, name));
  const env = {
    PATH: `${tools}:${dirname(process.execPath) === '/usr/bin' ? '' : dirname(process.execPath)}`,
  };
  const { status, output } = await workspace.nx(['g', 'prism:doctor'], env);
  expect(status).toBe(1);
  expect(output).toContain('✗ engine');
  expect(output).toContain('SETUP_INCOMPLETE');
  // Package managers that only write down what they are asked to do.
  const log = workspace.path('installed');
  for (const name of ['apt-get', 'dnf', 'sudo'])
    fs.writeFileSync(join(tools, name), `#!/bin/sh\necho ${name} "$@" >>${log}\n`, { mode: 0o755 });
  const shown = await workspace.nx(['g', 'prism:doctor', '--fix', '--dry-run'], env);
  expect([shown.output, fs.existsSync(log)]).toEqual([expect.stringContaining('--fix runs:'), false]);
  const fixed = await workspace.nx(['g', 'prism:doctor', '--fix'], env);
  expect(fs.readFileSync(log, 'utf8')).toMatch(/install -y podman/);
  // It looks again, and finds no engine.
  expect([fixed.status, fixed.output]).toEqual([1, expect.stringContaining('SETUP_INCOMPLETE')]);
  const good = await workspace.nx(['g', 'prism:doctor', '--json', '--quiet'], { CONTAINERS_CONF: '' });
  expect(good.status).toBe(0);
  const { version, findings } = JSON.parse(good.output.split('\n')[0]!);
  expect(version).toBe(1);
  expect(findings).toContainEqual(expect.objectContaining({ what: 'engine', verdict: 'good' }));
});

test('settings are written into a drop-in, never in a dry run, never over a file of the user', async () => {
  const home = { XDG_CONFIG_HOME: workspace.path('config'), CONTAINERS_CONF: '' };
  const file = workspace.path('config/containers/containers.conf.d/50-prism-build.conf');
  expect((await workspace.nx(['g', 'prism:doctor', '--write', '--dry-run'], home)).status).toBe(0);
  expect(fs.existsSync(file)).toBe(false);
  expect((await workspace.nx(['g', 'prism:doctor', '--write'], home)).status).toBe(0);
  expect(fs.readFileSync(file, 'utf8')).toContain('\npids_limit = 2048\n');
  // Podman takes it.
  execFileSync('podman', ['version'], { env: { ...process.env, ...home, CONTAINERS_CONF: file } });
  fs.writeFileSync(file, '# mine\n');
  const refused = await workspace.nx(['g', 'prism:doctor', '--write'], home);
  expect(refused.status).toBe(1);
  expect(refused.output).toContain('SETTINGS_NOT_WRITTEN');
  expect(fs.readFileSync(file, 'utf8')).toBe('# mine\n');
});
