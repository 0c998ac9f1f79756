import { existsSync, mkdirSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { expectWholeImage } from './support/blobs';
import { makeClone, ownCaches } from './support/clone';
import { goDirectory, sharedCompilers } from './support/compilers';
import { removeDirectory } from './support/directory';
import { command, describeWith, root as needsRoot } from './support/needs';
import { type Argv, run, tryRun } from './support/run';
import { executed } from './support/tasks';
import { type Component, components, type DigestJson, memstore, readDigest } from './support/workspace';

/** Milliseconds; the proxy from nothing, on one processor. */
const patience = 2_400_000;

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
  const own = built.flatMap(({ project }) => [`${project}:build-image`, `${project}:compile`]);
  const bases = new Set(built.flatMap((one) => one.bases));
  expect(executed(output)).toEqual([...own, ...bases].sort());
}

/** The workspace's own digests, read before other suites work in it. */
const digests = new Map<string, DigestJson>();
beforeAll(() => {
  for (const { project } of components) digests.set(project, readDigest(project));
});

function expectSame(clone: string, { project }: Component): void {
  expectWholeImage(project, clone);
  expect(readDigest(project, clone)).toEqual(digests.get(project));
}

const network = async () => (await tryRun(['unshare', '-n', 'true'])).code === 0;

describeWith(
  [needsRoot, command('taskset', 'util-linux'), command('unshare', 'util-linux')],
  'a clone in another world',
  () => {
    let clone: string;

    beforeAll(async () => {
      if (!(await network())) throw new Error('this sandbox refuses unshare -n');
      const owner = '65534:65534';
      clone = await makeClone('elsewhere', { umask: '077', owner });
      const home = join(dirname(clone), 'home');
      mkdirSync(home);
      // Crates as they were downloaded, and nothing that was compiled from them.
      const cache = join(clone, '.prism/cache');
      mkdirSync(cache, { recursive: true });
      await run(['cp', '-a', join(sharedCompilers, 'cargo'), join(cache, 'cargo')]);
      // The packages of base-static, as they were fetched.
      await run(['cp', '-a', join(sharedCompilers, 'packages'), join(cache, 'packages')]);
      await run(['chown', '-R', owner, join(clone, '.prism'), home]);
      await run(['chown', owner, dirname(clone)]);
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
      const as = ['unshare', '-n', 'taskset', '-c', '0', ...user, 'sh', '-c', 'umask 077 && exec "$0" "$@"'];
      await build(clone, components, as, env);
    }, patience);
    afterAll(() => removeDirectory(dirname(clone)));

    test('used caches of its own', () => {
      expect(existsSync(join(clone, '.prism/cache/gobuild'))).toBe(true);
      expect(existsSync(join(clone, '.prism/cache/gomod'))).toBe(true);
      expect(existsSync(join(clone, '.nx/cache'))).toBe(true);
    });

    test.each(components)(
      '$project: another path, user, umask, time zone, flags, processor and caches, no network, the same digest',
      (component) => expectSame(clone, component),
    );
  },
);

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
      await build(clone, [memstore], offline, { ...ownCaches(clone), PRISM_CACHE_DIR: cache });
      expectSame(clone, memstore);
    },
    patience,
  );
});
