import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { repository } from '../../../../test/support/plugin';
import { until } from '../../../../test/support/workspace';
import { podman } from '../support/podman';
import { type Generated, openGenerated, succeeds } from './generated';
import { backends, buildPair, generatePair, loadBuilt, runsInContainer } from './pluginPair';

/** Those with a file, and with crates that the workspace does not have. */
const kept = ['queue', 'sql'];
const plugins = [...backends, ...kept].map((backend) => `plugin-kv-${backend}`);

/** Plugins in Rust for real: members of the workspace that they are made in. */
let generated: Generated;

// Every crate from nothing, on a machine whose other core is busy too.
jest.setTimeout(3_600_000);
beforeAll(() => {
  generated = openGenerated();
  generated.copy(
    'Cargo.toml',
    'Cargo.lock',
    'libs/plugin-sdk-rust',
    'libs/proto/gen/rust',
    'libs/transport',
    'proxy',
  );
  generated.copy('containerfiles/rust-builder/pin.json');
  // Optimising takes most of the time, and no test here tells its result from the other. All other crates are those of the
  // proxy, which the end-to-end tests need optimised: they are compiled once for both.
  const plain = ['libsqlite3-sys', 'prism-plugin-sdk', 'prism-proto', 'prism-transport', ...plugins];
  const optimiseNot = (manifest: string, name: string) => {
    const table = `[profile.release.package.${name}]\n`;
    const withTable = manifest.includes(table) ? manifest : `${manifest}\n${table}`;
    return withTable.replace(table, `${table}opt-level = 0\n`);
  };
  const manifest = generated.workspace.read('Cargo.toml');
  generated.workspace.write('Cargo.toml', plain.reduce(optimiseNot, manifest));
});
afterAll(() => generated.remove());

test('plugins in Rust are formatted, locked, build for both platforms, pass their tests and run', async () => {
  const { workspace, nx, generate, prefix, serves, conforms } = generated;
  await generatePair(generated, 'rust', {
    dryRun: /CREATE plugins\/kv-memory\/Containerfile[\s\S]*UPDATE Cargo\.toml\nUPDATE Cargo\.lock/,
    file: () => 'Cargo.toml',
  });
  for (const backend of kept)
    await generate('prism:plugin', `kv-${backend}`, `--backend=${backend}`, '--lang=rust');
  const cargo = (...args: string[]) =>
    execFileSync('/usr/bin/cargo', args, { cwd: workspace.path('.'), encoding: 'utf8', stdio: 'pipe' });
  expect(cargo('fmt', '--check')).toBe('');

  // The lock that the generator wrote is the one that cargo would write: both compile with --locked.
  // SQLite is compiled from C: a minute for each platform. The proxy has C for both, so the host's is enough here.
  await buildPair(generated, { both: ['queue'], own: ['sql'] });
  for (const backend of backends) await serves(`plugin-kv-${backend}`);
  for (const backend of ['memory', ...kept]) conforms(`plugin-kv-${backend}`);
  // Where `npm test` compiles the same; with another home of cargo's everything would be compiled once more.
  process.env.CARGO_TARGET_DIR = join(repository, '.prism/cache/cargo-test');
  const tested = await nx('run-many', '-t', 'test', '--projects=plugin-kv-*', '--parallel=1');
  expect(tested.match(/test serves_and_drains \.\.\. ok/g)).toHaveLength(4);
  expect(tested.match(/test store::tests::conforms \.\.\. ok/g)).toHaveLength(3);

  const loaded = ['memory', ...kept].map((backend) => `plugin-kv-${backend}`);
  await loadBuilt(generated, loaded);
  for (const project of loaded) await runsInContainer(generated, project, [`/${project}`, 'health']);
  for (const project of kept.map((backend) => `plugin-kv-${backend}`)) {
    podman('start', `${prefix}-${project}`);
    await until('it opens again what it kept', () =>
      succeeds('exec', `${prefix}-${project}`, `/${project}`, 'health'),
    );
  }
});
