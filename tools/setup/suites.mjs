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
/** They compile for minutes in clones, away from the workspace that the other end-to-end tests use. */
const inClones = '(clones|engines)\\.spec';
const check = (...argv) => ({
  argv,
  count: (_output, status) => ({ passed: status === 0 ? 1 : 0, failed: status === 0 ? 0 : 1, skipped: 0 }),
});
const go = (directory) => ({
  argv: ['go', 'test', '-json', './...'],
  cwd: directory,
  count: countGo,
  quiet: true,
  beside: 'tools',
});
/** Of the pinned Go that the images' compiler fetched. */
export const goDirectory = () => {
  const { version } = JSON.parse(readFileSync(join(root, 'containerfiles/go-builder/pin.json'), 'utf8'));
  const cache = process.env.PRISM_CACHE_DIR ?? join(root, '.prism', 'cache');
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
};
const cargo = (...args) => ({ argv: ['/usr/bin/cargo', ...args], env: rust });

/** Those that `nx g prism:plugin` makes count from their first minute. */
const pluginsWith = (file) =>
  readdirSync(join(root, 'plugins')).filter((name) => existsSync(join(root, 'plugins', name, file)));
const plugins = pluginsWith('go.mod');
const python = (command) => ({ argv: [command], count: countPython, beside: 'tools' });

/**
 * By name, in the order in which they run. One that names another as `beside` runs while that one does: it leaves the
 * workspace alone, and what it waits for is one core or none.
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
  // Each file has a workspace of its own.
  tools: jest('tools', bothCores, '--testPathPatterns', '\\.tools\\.spec\\.ts$', '/test/component/'),
  vet: {
    ...check(
      'go',
      'vet',
      './libs/proto/gen/go/...',
      './libs/plugin-sdk/...',
      ...plugins.map((name) => `./plugins/${name}/...`),
    ),
    beside: 'tools',
  },
  'go-sdk': go('libs/plugin-sdk'),
  ...Object.fromEntries(plugins.map((name) => [`go-${name}`, go(join('plugins', name))])),
  python: python('admin/run-tests'),
  'python-sdk': python('libs/plugin-sdk-python/run-tests'),
  ...Object.fromEntries(
    pluginsWith('requirements.lock').map((name) => [`python-${name}`, python(join('plugins', name, 'test'))]),
  ),
  cargo: { ...cargo('test', '--locked', '--workspace'), count: countCargo, beside: 'tools' },
  clippy: {
    ...cargo('clippy', '--locked', '--workspace', '--all-targets', '--', '-D', 'warnings'),
    count: check().count,
    beside: 'tools',
  },
  e2e: e2e('e2e', '--testPathIgnorePatterns', inClones),
  clones: { ...e2e('clones', '--testPathPatterns', inClones), beside: 'e2e' },
};

/** What a minute or two tells, in process. */
export const quick = ['format', 'types', 'imports', 'schemas', 'unit'];
