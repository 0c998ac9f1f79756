// The suites of `npm test`: what each runs, and how its tests are counted.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { countCargo, countGo, countJest, countPython } from './counts.mjs';

export const root = join(import.meta.dirname, '..', '..');
/** The reports of the suites of one run. */
export const reports = join(root, '.prism', 'test');

const bin = (name) => join(root, 'node_modules', '.bin', name);
const jest = (name, ...args) => ({
  argv: [bin('jest'), '--ci', '--json', `--outputFile=${join(reports, `${name}.json`)}`, ...args],
  count: () => countJest(join(reports, `${name}.json`)),
});
const bothCores = '--maxWorkers=2';
const e2e = (name, ...args) => jest(name, '--config', 'test/e2e/jest.config.cjs', '--runInBand', ...args);
/** These compile from nothing in clones, separate from the workspace of the other end-to-end tests. */
const inClones = '(clones|engines)\\.spec';
/** It measures milliseconds, so nothing else may run. */
const timed = 'ready\\.spec';
const check = (...argv) => ({
  argv,
  count: (_output, status) => ({ passed: status === 0 ? 1 : 0, failed: status === 0 ? 0 : 1, skipped: 0 }),
});
const cache = process.env.PRISM_CACHE_DIR ?? join(root, '.prism', 'cache');
/** With the caches and flags of the images' compiler, each reuses what the other compiled. */
const goSettings = {
  GOCACHE: join(cache, 'gobuild'),
  GOMODCACHE: join(cache, 'gomod'),
  GOFLAGS: '-trimpath -tags=grpcnotrace',
  CGO_ENABLED: '0',
};
const go = (directory) => ({
  argv: ['go', 'test', '-json', './...'],
  cwd: directory,
  env: goSettings,
  count: countGo,
  quiet: true,
  beside: 'tools',
});
/** The bin directory of the pinned Go, which the image builds fetched. */
export const goDirectory = () => {
  const { version } = JSON.parse(readFileSync(join(root, 'containerfiles/go-builder/pin.json'), 'utf8'));
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
  return join(
    cache,
    'gomod/golang.org',
    `toolchain@v0.0.1-go${version}.${process.platform}-${architecture}`,
    'bin',
  );
};
const rust = {
  RUSTC: '/usr/bin/rustc',
  PATH: `/usr/bin:${process.env.PATH}`,
  CARGO_TARGET_DIR: join(root, '.prism/cache/cargo-test'),
  CARGO_INCREMENTAL: '0',
};
/**
 * Clippy lints the workspace's crates as it compiles them, so the tests that follow only run. `cargo clippy` would check
 * all dependencies, and compile nothing that the tests can use.
 */
const clippy = {
  ...rust,
  RUSTC_WORKSPACE_WRAPPER: '/usr/bin/clippy-driver',
  CLIPPY_ARGS: ['-D', 'warnings', ''].join('__CLIPPY_HACKERY__'),
};
const cargo = (...args) => ({ argv: ['/usr/bin/cargo', ...args], env: clippy });

/** Includes plugins as soon as `nx g prism:plugin` has made them. */
const pluginsWith = (file) =>
  readdirSync(join(root, 'plugins')).filter((name) => existsSync(join(root, 'plugins', name, file)));
const plugins = pluginsWith('go.mod');
const python = (command) => ({ argv: [command], count: countPython, beside: 'tools' });

/**
 * Suites by name, in the order in which they run. A suite with `beside` runs at the same time as the suite that it
 * names: it does not change the workspace, and uses at most one core.
 */
export const suites = {
  format: check(bin('biome'), 'ci', '--colors=off', '--max-diagnostics=10', '.'),
  types: check(bin('tsc'), '--noEmit', '-p', '.'),
  imports: check(bin('depcruise'), 'libs', 'tools/prism/src', '--config', '.dependency-cruiser.cjs'),
  schemas: check(process.execPath, 'tools/prism/generate-schemas', '--check'),
  protocol: check('libs/proto/generate', '--check'),
  gofmt: {
    argv: ['gofmt', '-l', 'libs', 'plugins', 'test'],
    count: (output) => ({ passed: output === '' ? 1 : 0, failed: output === '' ? 0 : 1, skipped: 0 }),
  },
  rustfmt: { ...cargo('fmt', '--check'), count: check().count },
  unit: jest('unit', bothCores, '--testPathIgnorePatterns', '\\.tools\\.spec\\.ts$', '/test/component/'),
  // Each file has its own workspace.
  tools: jest('tools', bothCores, '--testPathPatterns', '\\.tools\\.spec\\.ts$', '/test/component/'),
  vet: {
    ...check(
      'go',
      'vet',
      './libs/proto/gen/go/...',
      './libs/plugin-sdk/...',
      ...plugins.map((name) => `./plugins/${name}/...`),
    ),
    env: goSettings,
    beside: 'tools',
  },
  'go-sdk': go('libs/plugin-sdk'),
  ...Object.fromEntries(plugins.map((name) => [`go-${name}`, go(join('plugins', name))])),
  python: python('admin/run-tests'),
  'python-sdk': python('libs/plugin-sdk-python/run-tests'),
  ...Object.fromEntries(
    pluginsWith('requirements.lock').map((name) => [`python-${name}`, python(join('plugins', name, 'test'))]),
  ),
  clippy: {
    ...cargo('build', '--locked', '--workspace', '--all-targets'),
    count: check().count,
    beside: 'e2e',
  },
  cargo: { ...cargo('test', '--locked', '--workspace'), count: countCargo, beside: 'e2e' },
  e2e: e2e('e2e', '--testPathIgnorePatterns', inClones, timed),
  clones: {
    ...e2e(
      'clones',
      '--testPathPatterns',
      inClones,
      '--globalSetup',
      join(root, 'test/e2e/support/fetchSetup.ts'),
    ),
    beside: 'e2e',
  },
  ready: e2e('ready', '--testPathPatterns', timed),
};

/** Suites that finish in process within a minute or two. */
export const quick = ['format', 'types', 'imports', 'schemas', 'unit'];
