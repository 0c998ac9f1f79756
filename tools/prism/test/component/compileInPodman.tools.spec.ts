import * as fs from 'node:fs';
import { writeGo } from '../../../../test/support/components';
import { writeFakeBuilder } from '../../../../test/support/fakeBuilder';
import { endsAt, writePodman } from '../../../../test/support/standIn';
import { makeWorkspace, type Ran, type Workspace } from '../../../../test/support/workspace';

let workspace: Workspace;

async function done(running: Promise<Ran>): Promise<string> {
  const { status, output } = await running;
  if (status !== 0) throw new Error(output);
  return output;
}

beforeEach(() => {
  workspace = makeWorkspace();
  workspace.write(
    'nx.json',
    JSON.stringify({ plugins: [{ plugin: 'prism', options: { prefix: 'p' } }], analytics: false }),
  );
  writeFakeBuilder(workspace);
});
afterEach(() => workspace.remove());

const manifest = () => workspace.read('dist/compile/app/compile.json');
const forget = () => fs.rmSync(workspace.path('.prism/work'), { recursive: true, force: true });
const compile = (env: NodeJS.ProcessEnv = {}) => workspace.nx(['compile', 'app', '--skip-nx-cache'], env);

test('without a toolchain of its own the machine compiles in the builder base, and the result is the same', async () => {
  writeGo(workspace, 'app');
  await done(compile());
  const inPodman = manifest();
  expect(JSON.parse(inPodman).platforms).toHaveLength(2);
  expect(fs.statSync(workspace.path('dist/compile/app/linux-arm64/app')).uid).toBe(process.getuid!());
  // Fetching had the machine's network.
  expect(workspace.read('.prism/cache/gomod/network').trim()).toBe(fs.readlinkSync('/proc/self/ns/net'));

  forget();
  const host = workspace.path('containerfiles/go-builder/go/bin');
  const PATH = `${host}:${process.env.PATH}`;
  const store = workspace.path('.prism/containers');
  fs.renameSync(store, `${store}-away`);
  await done(compile({ PATH }));
  expect(manifest()).toBe(inPodman);
  expect(fs.existsSync(store)).toBe(false);

  forget();
  await done(compile({ PATH, PRISM_ENGINE: 'podman' }));
  expect(manifest()).toBe(inPodman);
  expect(fs.existsSync(store)).toBe(true);
});

test('a container compiles without network and secrets, and changes neither sources nor dependencies', async () => {
  writeGo(workspace, 'app', 'package main // PROBE\n');
  const { status, output } = await compile({ SECRET_OF_THE_USER: 'abracadabra' });
  expect(status).toBe(1);
  expect(output).toMatch(/svc\/app\/Containerfile:4: COMPILE_FAILED/);
  for (const line of [
    'sources read-only',
    'dependencies read-only',
    'cache writable',
    'interfaces 1',
    'token=.',
  ])
    expect(output).toContain(line);
});

test('a builder that is pinned to what it does not hold, and one that is not there', async () => {
  writeGo(workspace, 'app');
  workspace.write('containerfiles/go-builder/go/VERSION', 'go8.8.8\n');
  expect((await compile({ PRISM_ENGINE: 'podman' })).output).toMatch(
    /svc\/app\/Containerfile:4: TOOLCHAIN_DIFFERS: this stage is pinned to go9\.9\.9[\s\S]*found go8\.8\.8 in \/usr\/local\/go\/bin/,
  );
  fs.rmSync(workspace.path('containerfiles/go-builder/Containerfile'));
  fs.rmSync(workspace.path('containerfiles/go-builder/project.json'));
  expect((await compile({ PRISM_ENGINE: 'podman' })).output).toMatch(
    /svc\/app\/Containerfile:1: BUILDER_MISSING/,
  );
});

test('Podman that is told to end before it compiles says 0, and what it did not make is missed', async () => {
  writeGo(workspace, 'app');
  await done(compile());
  const before = manifest();
  writeGo(workspace, 'app', 'package main // another\n');
  const ended = await compile(writePodman(workspace, endsAt('run')));
  expect(ended.status).toBe(1);
  expect(ended.output).toContain('svc/app/Containerfile:4: COMPILE_MADE_NOTHING');
  await done(compile());
  expect(manifest()).not.toBe(before);
});
