// How each kind of test runs, and how its tests are counted.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { countCargo, countGo, countJest, countPython } from './counts.mjs';

export const root = join(import.meta.dirname, '..', '..');
/** The counts of the test targets' last runs. */
export const reports = join(root, '.prism', 'test');
export const reportOf = (project, target) => join(reports, `${project}.${target}.json`);
const cache = process.env.PRISM_CACHE_DIR ?? join(root, '.prism', 'cache');
const bin = (name) => join(root, 'node_modules', '.bin', name);

/** With the caches and flags of the images' compiler, each reuses what the other compiled. */
export const goSettings = {
  GOCACHE: join(cache, 'gobuild'),
  GOMODCACHE: join(cache, 'gomod'),
  GOFLAGS: '-trimpath -tags=grpcnotrace',
  CGO_ENABLED: '0',
};

/** As in builds of images: collecting garbage of short processes takes more time than it saves memory. */
const goPace = { GOGC: 'off', GOMEMLIMIT: '1GiB' };

/**
 * Clippy lints the workspace's crates as it compiles them, so the tests that follow only run. `cargo clippy` would check
 * all dependencies, and compile nothing that the tests can use.
 */
const rustSettings = {
  RUSTC: '/usr/bin/rustc',
  PATH: `/usr/bin:${process.env.PATH}`,
  CARGO_TARGET_DIR: join(root, '.prism/cache/cargo-test'),
  CARGO_INCREMENTAL: '0',
  RUSTC_WORKSPACE_WRAPPER: '/usr/bin/clippy-driver',
  CLIPPY_ARGS: ['-D', 'warnings', ''].join('__CLIPPY_HACKERY__'),
};

/** The bin directory of the pinned Go, which the image builds fetched. */
function goDirectory() {
  const { version } = JSON.parse(readFileSync(join(root, 'containerfiles/go-builder/pin.json'), 'utf8'));
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
  const name = `toolchain@v0.0.1-go${version}.${process.platform}-${architecture}`;
  return join(cache, 'gomod/golang.org', name, 'bin');
}

/** A check is one test, which passes if its command succeeds. */
const countCheck = (_output, status) => ({
  passed: status === 0 ? 1 : 0,
  failed: status === 0 ? 0 : 1,
  skipped: 0,
});

/** Not vet: that target runs all analyzers over the same packages. */
const runGo = (directory, flags = [], env = {}) => ({
  argv: ['go', 'test', '-vet=off', '-json', ...flags, './...'],
  cwd: directory,
  env: { ...goSettings, ...env },
  count: countGo,
  quiet: true,
});

/**
 * The kinds of runTest.mjs: the command of some arguments, its environment, and the counts from its output and status.
 * What is quiet prints nothing unless it fails.
 */
export const runners = {
  jest: (args, details) => ({
    argv: [bin('jest'), '--ci', '--json', `--outputFile=${details}`, ...args],
    env: { PRISM_TEST_CPU: `${details}.cpu` },
    count: () => countJest(details),
  }),
  go: ([directory]) => runGo(directory),
  goShort: ([directory]) => runGo(directory, ['-short']),
  goEmbedded: ([directory]) => runGo(directory, [], { USE_SQLITE: 'true' }),
  cargo: (args) => ({ argv: ['/usr/bin/cargo', ...args], env: rustSettings, count: countCargo }),
  python: (argv) => ({ argv, count: countPython }),
  check: ([name, ...args]) => ({ argv: [name, ...args], count: countCheck }),
  goCheck: (argv) => ({ argv, env: { ...goSettings, ...goPace }, count: countCheck }),
  /** For a command that reports by printing something. */
  silence: (argv) => ({
    argv,
    count: (output, status) => countCheck(output, output === '' ? status : 1),
  }),
  cargoCheck: (args) => ({ argv: ['/usr/bin/cargo', ...args], env: rustSettings, count: countCheck }),
};

/**
 * PATH for every kind: the locked npm tools first, the pinned Go last, for a machine without one. Nx puts the directory of
 * node in front, which would hide a newer Go behind the system's; of a directory that is there twice, the last place counts.
 */
export const searchPath = () => {
  const given = (process.env.PATH ?? '').split(':');
  const own = [...new Set(given.reverse())].reverse();
  return [join(root, 'node_modules/.bin'), ...own, goDirectory()].join(':');
};
