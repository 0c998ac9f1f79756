import { rmSync } from 'node:fs';
import { digestOf } from '../../../../test/support/components';
import { makeWorkspace, type Workspace } from '../../../../test/support/workspace';

/** Build arguments that take their values from the environment. */
let workspace: Workspace;

const declare = (buildArgs: object) =>
  workspace.write(
    'svc/app/project.json',
    JSON.stringify({ targets: { 'build-image': { options: { buildArgs } } } }),
  );

beforeAll(() => {
  workspace = makeWorkspace();
  workspace.write('svc/app/Containerfile', 'FROM scratch\nARG LEVEL=low\nENV LEVEL=$LEVEL\nCOPY x /\n');
  workspace.write('svc/app/x', 'x');
  declare({ LEVEL: { env: 'APP_LEVEL' } });
  workspace.git('add', '-A');
  workspace.git('commit', '-qm', 'start');
});
afterAll(() => {
  workspace.remove();
});

async function build(env: Record<string, string>, ...args: string[]) {
  const { status, output } = await workspace.nx(['run-many', '-t', 'build-image', ...args], env);
  return { status, output, cached: /\[(local cache|existing outputs)/.test(output) };
}

async function digest(env: Record<string, string>, cached = false): Promise<string> {
  const built = await build(env);
  expect(built).toMatchObject({ status: 0, cached });
  return digestOf(workspace, 'app');
}

test('the value is in the key; an empty variable is one that is not set', async () => {
  const none = await digest({});
  const high = await digest({ APP_LEVEL: 'high' });
  expect(high).not.toBe(none);
  expect(await digest({ APP_LEVEL: 'high', OTHER: 'x' }, true)).toBe(high);
  expect(await digest({ APP_LEVEL: '' }, true)).toBe(none);
  declare({ LEVEL: 'high' });
  expect(await digest({ APP_LEVEL: 'low' })).toBe(high);
  declare({ LEVEL: { env: 'APP_LEVEL' } });
});

test('the .env of the workspace counts, and a file for one task is refused', async () => {
  const high = await digest({ APP_LEVEL: 'high' }, true);
  workspace.write('.env', 'APP_LEVEL=high\n');
  expect(await digest({})).toBe(high);
  for (const file of ['svc/app/.env', 'svc/app/.build-image.env', '.env.build-image']) {
    workspace.write(file, '# of this one only\nexport APP_LEVEL=low\n');
    const { status, output } = await build({}, '--skip-nx-cache');
    expect(status).not.toBe(0);
    expect(output).toContain(
      `${file}: BUILD_ARG_OF_ONE_TASK: a build argument takes its value from APP_LEVEL`,
    );
    workspace.write(file, 'APP_LEVELS=low\n');
  }
  expect(await build({}, '--skip-nx-cache')).toMatchObject({ status: 0 });
  rmSync(workspace.path('.env'));
});

test('a variable of the command line alone is in no key: nothing is cached', async () => {
  declare({});
  const digests: string[] = [];
  for (const APP_LEVEL of ['high', 'higher']) {
    const { output } = await build({ APP_LEVEL }, '--buildArgs.LEVEL.env=APP_LEVEL', '--output-style=static');
    expect(output).toContain('not cached: the variable APP_LEVEL is in no cache key');
    digests.push(digestOf(workspace, 'app'));
  }
  expect(digests[0]).not.toBe(digests[1]);
  declare({ LEVEL: { env: '' } });
  expect((await build({})).output).toContain('OPTIONS_INVALID: option buildArgs.LEVEL');
});
