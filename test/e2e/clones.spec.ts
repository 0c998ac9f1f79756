import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { command, describeWith, root as needsRoot } from '../support/needs';
import { expectWholeImage } from './support/blobs';
import { makeClone, ownCaches } from './support/clone';
import { goDirectory, sharedCompilers } from './support/compilers';
import { removeDirectory } from './support/directory';
import { type Argv, run, tryRun } from './support/run';
import { executed } from './support/tasks';
import { type Component, type DigestJson, memstore, readDigest } from './support/workspace';

/** Milliseconds, for compiling Go's library and gRPC from nothing on one processor. */
const patience = 1_200_000;

/**
 * A Rust program that exists only in the clones: the proxy takes minutes from nothing, and `digests.spec.ts` compares
 * its digest with the one recorded on other machines.
 */
const small: Component = {
  project: 'small',
  directory: 'small',
  binary: 'small',
  budget: 1e6,
  bases: ['base-static:build-image'],
};
const smallFiles: Readonly<Record<string, string>> = {
  Containerfile: `FROM localhost/prism/base-rust-builder AS compile
WORKDIR /src
COPY . .
RUN ["compile-rust", "--package", "small"]

FROM scratch
COPY --from=localhost/prism/base-static /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=compile /out/small /small
ENTRYPOINT ["/small"]
`,
  'Cargo.toml':
    '[package]\nname = "small"\nversion = "0.1.0"\nedition = "2024"\n\n[dependencies]\nwords = { path = "words" }\n\n[workspace]\n',
  'Cargo.lock':
    'version = 4\n\n[[package]]\nname = "small"\nversion = "0.1.0"\ndependencies = [\n "words",\n]\n\n[[package]]\nname = "words"\nversion = "0.1.0"\n',
  'src/main.rs': 'fn main() {\n    println!("{}", words::WORDS.join(" ").to_uppercase());\n}\n',
  'words/Cargo.toml': '[package]\nname = "words"\nversion = "0.1.0"\nedition = "2024"\n',
  'words/src/lib.rs': 'include!(concat!(env!("OUT_DIR"), "/words.rs"));\n',
  'words/build.rs': `fn main() {
    let out = std::path::PathBuf::from(std::env::var("OUT_DIR").unwrap());
    std::fs::write(out.join("words.rs"), "pub const WORDS: [&str; 2] = [\\"made\\", \\"twice\\"];").unwrap();
}
`,
};

async function makeCloneWithSmall(...[name, options]: Parameters<typeof makeClone>): Promise<string> {
  const clone = await makeClone(name, options);
  for (const [file, text] of Object.entries(smallFiles)) {
    mkdirSync(dirname(join(clone, 'small', file)), { recursive: true });
    writeFileSync(join(clone, 'small', file), text);
  }
  return clone;
}

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

/** Everything that was fetched, and nothing that was built from it. */
async function takeFetched(cache: string): Promise<void> {
  mkdirSync(cache, { recursive: true });
  for (const part of ['cargo', 'packages', 'gomod'])
    await run(['cp', '-a', join(sharedCompilers, part), join(cache, part)]);
}

describeWith(
  [needsRoot, command('taskset', 'util-linux'), command('unshare', 'util-linux')],
  'clones with nothing compiled, without a network',
  () => {
    let plain: string;
    let elsewhere: string;
    /** The workspace's own digests, read before other suites change it. */
    let ofWorkspace: DigestJson;
    beforeAll(async () => {
      ofWorkspace = readDigest(memstore.project);
      if ((await tryRun(['unshare', '-n', 'true'])).code !== 0)
        throw new Error('this sandbox refuses unshare -n');
    });
    afterAll(() => Promise.all([plain, elsewhere].map((clone) => clone && removeDirectory(dirname(clone)))));

    test(
      'one with an ordinary environment builds the small program',
      async () => {
        plain = await makeCloneWithSmall('plain');
        const cache = join(dirname(plain), 'cache');
        await takeFetched(cache);
        await build(plain, [small], ['unshare', '-n'], { ...ownCaches(plain), PRISM_CACHE_DIR: cache });
        expectWholeImage(small.project, plain);
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
        await takeFetched(join(elsewhere, '.prism/cache'));
        await run(['rm', '-rf', join(elsewhere, '.prism/cache/gomod')]);
        await run(['chown', '-R', owner, join(elsewhere, '.prism'), join(elsewhere, 'small'), home]);
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
        await build(
          elsewhere,
          [memstore, small],
          ['unshare', '-n', 'taskset', '-c', '0', ...user, ...shell],
          env,
        );
        for (const own of [
          '.prism/cache/gobuild',
          '.prism/cache/gomod',
          '.prism/cache/cargo-units',
          '.nx/cache',
        ])
          expect(existsSync(join(elsewhere, own))).toBe(true);
        for (const { project } of [memstore, small]) expectWholeImage(project, elsewhere);
        expect(readDigest(memstore.project, elsewhere)).toEqual(ofWorkspace);
        expect(readDigest(small.project, elsewhere)).toEqual(readDigest(small.project, plain));
      },
      patience,
    );
  },
);
