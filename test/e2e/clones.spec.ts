import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { expectWholeImage } from './support/blobs';
import { makeClone, ownCaches } from './support/clone';
import { goDirectory, sharedCompilers } from './support/compilers';
import { removeDirectory } from './support/directory';
import { command, describeWith, root as needsRoot } from './support/needs';
import { type Argv, run, tryRun } from './support/run';
import { executed } from './support/tasks';
import { type Component, components, memstore, postgres, proxy, readDigest } from './support/workspace';

/** Rust from nothing takes minutes on one processor: PRISM_E2E_COLD=1 compiles the proxy in the hostile clone too. */
const cold = process.env.PRISM_E2E_COLD === '1';
const patience = 1_800_000;

/** Nx in a clone, started by `as`: another user, fewer processors, no network. */
async function build(
  clone: string,
  built: readonly Component[],
  as: readonly string[],
  env: NodeJS.ProcessEnv,
) {
  const projects = `--projects=${built.map(({ project }) => project).join(',')}`;
  const nx = ['node', 'node_modules/.bin/nx', 'run-many', '-t', 'build-image', projects];
  const argv = [...as, ...nx, '--output-style=static'] as unknown as Argv;
  const output = await run(argv, { cwd: clone, env, timeout: patience });
  expect(executed(output)).toEqual(
    built.flatMap(({ project }) => [`${project}:build-image`, `${project}:compile`]).sort(),
  );
}

function expectSame(clone: string, { project }: Component): void {
  expectWholeImage(project, clone);
  expect(readDigest(project, clone)).toEqual(readDigest(project));
}

const network = async () => (await tryRun(['unshare', '-n', 'true'])).code === 0;

describeWith([needsRoot, command('taskset', 'util-linux')], 'a clone in another world', () => {
  const built = cold ? components : [memstore, postgres];
  let clone: string;

  beforeAll(async () => {
    const owner = '65534:65534';
    clone = await makeClone('elsewhere', { umask: '077', owner });
    const home = join(dirname(clone), 'home');
    mkdirSync(home);
    await run(['chown', owner, dirname(clone), home]);
    // The modules come from the files that the workspace fetched, by the protocol of a proxy.
    const modules = `file://${join(sharedCompilers, 'gomod/cache/download')}`;
    const env: NodeJS.ProcessEnv = {
      ...ownCaches(clone),
      HOME: home,
      TMPDIR: home,
      PATH: [goDirectory(), process.env.PATH].join(delimiter),
      TZ: 'Asia/Kathmandu',
      LANG: 'tr_TR.UTF-8',
      GOPROXY: modules,
      GOFLAGS: '-ldflags=-X=main.version=hostile -tags=hostile',
      GOAMD64: 'v3',
      GOEXPERIMENT: 'nodwarf5',
      RUSTFLAGS: '-C debuginfo=2',
      CARGO_PROFILE_RELEASE_OPT_LEVEL: '1',
      SOURCE_DATE_EPOCH: '1234567890',
      PRISM_DIR: undefined,
      PRISM_CACHE_DIR: undefined,
    };
    const user = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
    const as = ['taskset', '-c', '0', ...user, 'sh', '-c', 'umask 077 && exec "$0" "$@"'];
    await build(clone, built, as, env);
  }, patience);
  afterAll(() => removeDirectory(dirname(clone)));

  test('used caches of its own', () => {
    expect(existsSync(join(clone, '.prism/cache/gobuild'))).toBe(true);
    expect(existsSync(join(clone, '.prism/cache/gomod'))).toBe(true);
    expect(existsSync(join(clone, '.nx/cache'))).toBe(true);
  });

  test.each(built)(
    '$project: another path, user, umask, time zone, flags, processor and caches, the same digest',
    (component) => expectSame(clone, component),
  );

  if (!cold) test.skip(`${proxy.project}: the same [needs minutes: PRISM_E2E_COLD=1]`, () => undefined);
});

describeWith([needsRoot, command('unshare', 'util-linux')], 'a clone without a network', () => {
  let clone: string;
  const offline = ['unshare', '-n'];

  beforeAll(async () => {
    if (!(await network())) throw new Error('this sandbox refuses unshare -n');
    // A path that nothing may split at its spaces.
    clone = await makeClone('a clone with spaces');
  });
  afterAll(() => removeDirectory(dirname(clone)));

  test(
    'Go: with fetched modules and nothing compiled',
    async () => {
      const cache = join(dirname(clone), 'cache');
      mkdirSync(cache);
      // What was fetched, and none of what was built from it.
      await run(['cp', '-al', join(sharedCompilers, 'gomod'), join(cache, 'gomod')]);
      cpSync(join(sharedCompilers, 'fetched'), join(cache, 'fetched'), { recursive: true });
      await build(clone, [memstore], offline, { ...ownCaches(clone), PRISM_CACHE_DIR: cache });
      expectSame(clone, memstore);
    },
    patience,
  );

  // The path of the sources is in RUSTFLAGS, so that Cargo compiles every dependency again for another clone.
  const rust = 'Rust: with the caches of another clone';
  if (!cold) test.skip(`${rust} [needs minutes: PRISM_E2E_COLD=1]`, () => undefined);
  else
    test(
      rust,
      async () => {
        const start = performance.now();
        await build(clone, [proxy], offline, { ...ownCaches(clone), PRISM_CACHE_DIR: sharedCompilers });
        console.info(`the proxy in another clone: ${((performance.now() - start) / 1000).toFixed(0)} s`);
        expectSame(clone, proxy);
      },
      patience,
    );
});
