import { existsSync, mkdirSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { command, describeWith, root as needsRoot } from '../support/needs';
import { expectWholeImage } from './support/blobs';
import { ownCaches } from './support/clone';
import { goDirectory, linkFetched, sharedCompilers } from './support/compilers';
import { removeDirectory } from './support/directory';
import { type Argv, run, tryRun } from './support/run';
import { makeCloneWithSmall, smallGo, smallRust } from './support/small';
import { executed } from './support/tasks';
import { type Component, readDigest } from './support/workspace';

/** Milliseconds, for compiling Go's library from nothing on one processor. */
const patience = 1_200_000;

const smallOnes = [smallRust, smallGo];

/** Nx in a clone, started through `as`: as another user, with fewer processors, or without network. */
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

describeWith(
  [needsRoot, command('taskset', 'util-linux'), command('unshare', 'util-linux')],
  'clones with nothing compiled, without a network',
  () => {
    let plain: string;
    let elsewhere: string;
    beforeAll(async () => {
      if ((await tryRun(['unshare', '-n', 'true'])).code !== 0)
        throw new Error('this sandbox refuses unshare -n');
    });
    afterAll(() => Promise.all([plain, elsewhere].map((clone) => clone && removeDirectory(dirname(clone)))));

    test(
      'one with an ordinary environment builds the small programs',
      async () => {
        plain = await makeCloneWithSmall('plain');
        const cache = join(dirname(plain), 'cache');
        await linkFetched(cache, ['packages', 'gomod']);
        await build(plain, smallOnes, ['unshare', '-n'], { ...ownCaches(plain), PRISM_CACHE_DIR: cache });
        for (const { project } of smallOnes) expectWholeImage(project, plain);
      },
      patience,
    );

    test(
      'one at a path with spaces, of another user, umask, time zone and locale, with hostile flags, one processor and caches of its own: the same digests',
      async () => {
        const owner = '65534:65534';
        elsewhere = await makeCloneWithSmall('a clone elsewhere', { umask: '077', owner });
        const home = join(dirname(elsewhere), 'home');
        mkdirSync(home);
        mkdirSync(join(elsewhere, '.prism/cache'), { recursive: true });
        // A copy, because it gets another owner.
        await run(['cp', '-a', join(sharedCompilers, 'packages'), join(elsewhere, '.prism/cache/packages')]);
        const own = ['.prism', ...smallOnes.map(({ directory }) => directory)].map((at) =>
          join(elsewhere, at),
        );
        await run(['chown', '-R', owner, ...own, home]);
        await run(['chown', owner, dirname(elsewhere)]);
        const env: NodeJS.ProcessEnv = {
          ...ownCaches(elsewhere),
          HOME: home,
          TMPDIR: home,
          PATH: [goDirectory(), process.env.PATH].join(delimiter),
          TZ: 'Asia/Kathmandu',
          LANG: 'tr_TR.UTF-8',
          // A GOPROXY of files provides the modules that the workspace fetched.
          GOPROXY: `file://${join(sharedCompilers, 'gomod/cache/download')}`,
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
        const shell = ['sh', '-c', 'umask 077 && exec "$0" "$@"'];
        await build(elsewhere, smallOnes, ['unshare', '-n', 'taskset', '-c', '0', ...user, ...shell], env);
        for (const cache of [
          '.prism/cache/gobuild',
          '.prism/cache/gomod',
          '.prism/cache/cargo-units',
          '.nx/cache',
        ])
          expect(existsSync(join(elsewhere, cache))).toBe(true);
        for (const { project } of smallOnes) {
          expectWholeImage(project, elsewhere);
          expect(readDigest(project, elsewhere)).toEqual(readDigest(project, plain));
        }
      },
      patience,
    );
  },
);
