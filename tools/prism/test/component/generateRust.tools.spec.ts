import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { repository } from '../../../../test/support/plugin';
import { until } from '../../../../test/support/workspace';
import { type Generated, host, openGenerated, podman, succeeds } from './generated';
import { backends, buildPair, generatePair, runsInContainer } from './pluginPair';

/** Those with a file, and with crates that the workspace does not have. */
const kept = ['queue', 'sql'];

/** Plugins in Rust for real: members of the workspace that they are made in. */
let generated: Generated;

// Every crate from nothing, on a machine whose other core is busy too.
jest.setTimeout(3_600_000);
beforeAll(() => {
  generated = openGenerated();
  generated.copy('Cargo.toml', 'Cargo.lock', 'libs/plugin-sdk-rust', 'libs/proto/gen/rust', 'proxy');
  generated.copy('containerfiles/rust-builder/pin.json');
  // SQLite is a minute of C with optimisation, which nothing here tells from one without.
  const manifest = generated.workspace.read('Cargo.toml');
  generated.workspace.write(
    'Cargo.toml',
    `${manifest}\n[profile.release.package.libsqlite3-sys]\nopt-level = 0\n`,
  );
});
afterAll(() => generated.remove());

test('plugins in Rust are formatted, locked, build for both platforms, pass their tests and run', async () => {
  const { workspace, nx, generate, prefix, serves } = generated;
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
  await buildPair(generated);
  // SQLite is compiled from C: a minute for each platform. The proxy has C for both, so the host's is enough here.
  await nx('build-image', 'plugin-kv-sql', `--platforms=linux/${host}`);
  for (const backend of backends) await serves(`plugin-kv-${backend}`);
  // Where `npm test` compiles the same; with another home of cargo's everything would be compiled once more.
  process.env.CARGO_TARGET_DIR = join(repository, '.prism/cache/cargo-test');
  const tested = await nx('run-many', '-t', 'test', '--projects=plugin-kv-*', '--parallel=1');
  expect(tested.match(/test serves_and_drains \.\.\. ok/g)).toHaveLength(4);
  expect(tested.match(/test store::tests::conforms \.\.\. ok/g)).toHaveLength(3);

  for (const backend of ['memory', ...kept])
    await runsInContainer(generated, `plugin-kv-${backend}`, [`/plugin-kv-${backend}`, 'health']);
  for (const project of kept.map((backend) => `plugin-kv-${backend}`)) {
    podman('start', `${prefix}-${project}`);
    await until('it opens again what it kept', () =>
      succeeds('exec', `${prefix}-${project}`, `/${project}`, 'health'),
    );
  }
});
