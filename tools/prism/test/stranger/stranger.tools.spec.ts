import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { type Reason, reasons } from '../../../../test/support/history/commit';
import { history } from '../../../../test/support/history/commits';
import { judge } from '../../../../test/support/history/judge';
import { type Follower, walkHistory } from '../../../../test/support/history/walk';
import { repository } from '../../../../test/support/plugin';
import {
  type Manager,
  makeStranger,
  prepareStrangers,
  removeStrangers,
  type Shared,
  type Stranger,
} from '../../../../test/support/stranger';
import { strangerProjects } from '../../../../test/support/strangerFiles';

// A compile of Rust waits for those of other tests, which take many minutes from nothing. So this starts after them.
// Order: 300_000
jest.setTimeout(3_500_000);
let shared: Shared;
beforeAll(() => {
  shared = prepareStrangers();
});
afterAll(() => removeStrangers(shared));

const projects = Object.keys(strangerProjects);
const whole = projects.filter((name) => name !== 'broken');
const buildAll = ['run-many', '-t', 'build-image', '--exclude=broken', '--output-style=static'];
const brokenLine = /^broken\/Containerfile:3: CONTAINERFILE_UNKNOWN_INSTRUCTION: "COPI" /m;
const cached = (output: string) =>
  [...output.matchAll(/^> nx run (\S+):build-image .*\[local cache\]/gm)].map(([, name]) => name).sort();
const digests = (workspace: Stranger) =>
  whole.map((name) => {
    const { index, platforms } = JSON.parse(
      fs.readFileSync(workspace.path(`dist/images/${name}/digest.json`), 'utf8'),
    );
    return `${name} ${index.digest} ${platforms.length}`;
  });

/** Those that npm installed, by the version of Nx. */
const installed = new Map<string, Stranger>();
const make = (version: string, manager: Manager) => {
  const workspace = makeStranger(shared, version, manager);
  if (manager === 'npm') installed.set(version, workspace);
  return workspace;
};

/** Of the first workspace: no manager and no version of Nx may change a digest. */
let expected: string[] | undefined;

describe.each<[string, Manager]>([
  ['23.2.1', 'npm'],
  ['24.0.6', 'pnpm'],
])('nx %s, installed by %s', (version, manager) => {
  let workspace: Stranger;
  beforeAll(() => {
    workspace = make(version, manager);
  });

  test('the package is installed under its alias, without TypeScript', () => {
    const read = (name: string) =>
      JSON.parse(fs.readFileSync(workspace.path(`node_modules/${name}/package.json`), 'utf8'));
    expect([read('nx').version, read('prism').name]).toEqual([version, '@prism-build/nx']);
    const found = execFileSync('find', [
      workspace.path('node_modules'),
      '-type',
      'd',
      '-path',
      '*/node_modules/typescript',
    ]);
    expect(String(found)).toBe('');
    expect(fs.readdirSync(workspace.path('node_modules/prism')).sort()).toContain('LICENSE');
    expect(
      fs.readdirSync(workspace.path('node_modules/prism')).filter((name) => /\.ts$|^src$/.test(name)),
    ).toEqual([]);
  });

  test('every Containerfile is a project; the broken one warns, and says why when it is built', () => {
    const nodes = workspace.json<string[]>(['show', 'projects', '--with-target=build-image']);
    expect(nodes.sort()).toEqual(projects);
    expect(workspace.nx(['build-image', 'broken'], 1)).toMatch(brokenLine);
  });

  test('all others build; the same digests whoever installed what; again, from the cache', () => {
    const output = workspace.nx(buildAll);
    expect(output).toMatch(brokenLine);
    const built = digests(workspace);
    expected ??= built;
    expect(built).toEqual(expected);
    expect(built.filter((one) => one.endsWith(' 1')).map((one) => one.split(' ')[0])).toEqual(['svc-worker']);
    expect(
      String(
        execFileSync('sh', ['-c', '"$0" 2>&1', workspace.path(`dist/compile/hello/linux-${host}/hello`)]),
      ),
    ).toBe('hello from a stranger\n');
    expect(String(execFileSync(workspace.path(`dist/compile/echo/linux-${host}/echo`)))).toBe('echo\n');
    fs.rmSync(workspace.path('dist'), { recursive: true });
    const again = workspace.nx(buildAll);
    // Nx 23 hashes nothing that git ignores, so what was made of it is made again.
    const uncached = version.startsWith('23') ? ['svc-worker'] : [];
    expect(cached(again)).toEqual(whole.filter((name) => !uncached.includes(name)));
    expect(digests(workspace)).toEqual(expected);
  });

  test('a file that git ignores and an image holds is never forgotten', () => {
    workspace.write('svc/generated', 'other\n');
    workspace.nx(['build-image', 'svc-worker']);
    const changed = digests(workspace).filter((one) => !expected!.includes(one));
    expect(changed.map((one) => one.split(' ')[0])).toEqual(['svc-worker']);
  });

  test('affected selects what a change touches, across modules, files of one directory and images', () => {
    const affected = (...files: string[]) =>
      workspace
        .json<string[]>(['show', 'projects', '--affected', '-t', 'build-image', `--files=${files.join(',')}`])
        .sort();
    expect(affected('go/greet/greet.go', 'a/docker/one', 'README.md')).toEqual(['a-docker', 'hello']);
    // For Nx 23 a file of svc/ is that project's own, and ignore files narrow nothing.
    const wide = version.startsWith('23') ? ['svc', 'svc-api'] : [];
    expect(affected('svc/worker.txt')).toEqual([...wide, 'svc-worker']);
  });
});

test.each<[string, Manager]>([
  ['23.2.1', 'pnpm'],
  ['24.0.6', 'npm'],
])('nx %s, installed by %s, builds the same', (version, manager) => {
  const workspace = make(version, manager);
  if (version === '23.2.1') useOldestNode(workspace.env);
  workspace.nx(buildAll);
  expect(digests(workspace)).toEqual(expected);
});

/** As the oldest supported nx; all other tests run on the newest Node. */
function useOldestNode(env: NodeJS.ProcessEnv): void {
  const oldest = join(repository, `tools/prism/node_modules/node-linux-${process.arch}/bin`);
  env.PATH = `${oldest}:${env.PATH}`;
  expect(String(execFileSync('node', ['--version'], { env }))).toMatch(/^v20\.19\./);
}

describe('along a history', () => {
  const versions = ['23.2.1', '24.0.6'];
  let walked: Awaited<ReturnType<typeof walkHistory>>;
  beforeAll(async () => {
    const likes = versions.map((one) => [one, installed.get(one) ?? make(one, 'npm')] as const);
    walked = await walkHistory(shared, likes, history);
  }, 1_500_000);

  test.each([0, 1])('affected selects all that differs, and beyond that what was said (%#)', (at) => {
    const nx = Number.parseInt(versions[at]!, 10);
    const { wrong, selected, beyond, share } = judge(history, walked.outcomes[at]!, nx);
    const lines = Object.entries(beyond).map(
      ([reason, count]) => `  ${count} ${reason}: ${reasons[reason as Reason] ?? 'not said'}`,
    );
    process.stderr.write(
      `nx ${versions[at]}: ${history.length} commits, ${selected} selections, ${(100 * share).toFixed(1)} % without a difference\n${lines.join('\n')}\n`,
    );
    expect(wrong).toEqual([]);
    expect(history.length).toBeGreaterThanOrEqual(60);
    expect(share).toBeLessThanOrEqual(0.1);
  });

  test.each([0, 1])('a variable of the environment in a build argument is in the key (%#)', (at) => {
    const follower = walked.followers[at]!;
    const [first, again, other] = ['one', 'one', 'two'].map((level) => buildWithLevel(follower, level));
    expect(again).toEqual({ ...first, cached: true });
    expect([first!.cached, other!.cached]).toEqual([false, false]);
    expect(other!.key).not.toBe(first!.key);
    expect(other!.digest).not.toBe(first!.digest);
  });
});

/** Builds `args`, which takes a build argument from the environment. */
function buildWithLevel(follower: Follower, level: string) {
  const env = { ...follower.env, WEB_LEVEL: level };
  const nx = follower.path('node_modules/.bin/nx');
  execFileSync(nx, ['run-many', '-t', 'build-image', '-p', 'args'], {
    cwd: follower.path('.'),
    env,
    stdio: 'pipe',
  });
  const read = (name: string) => JSON.parse(fs.readFileSync(follower.path(name), 'utf8'));
  const ran: { taskId: string; hash: string; cacheStatus: string }[] = read('.nx/cache/run.json').tasks;
  const { hash, cacheStatus } = ran.find(({ taskId }) => taskId === 'args:build-image')!;
  const { digest } = read('dist/images/args/digest.json').index;
  return { key: hash, digest, cached: cacheStatus !== 'cache-miss' };
}

const host = process.arch === 'x64' ? 'amd64' : process.arch;
