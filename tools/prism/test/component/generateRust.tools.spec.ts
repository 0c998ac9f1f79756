import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { repository } from '../../../../test/support/plugin';
import { type Generated, openGenerated } from './generated';
import { backends, buildPair, generatePair, runsInContainer } from './pluginPair';

/** Plugins in Rust for real: members of the workspace that they are made in. */
let generated: Generated;

jest.setTimeout(900_000);
beforeAll(() => {
  generated = openGenerated();
  generated.copy('Cargo.toml', 'Cargo.lock', 'libs/plugin-sdk-rust', 'libs/proto/gen/rust', 'proxy');
  generated.copy('containerfiles/rust-builder/pin.json');
});
afterAll(() => generated.remove());

test('plugins in Rust are formatted, locked, build for both platforms, pass their tests and run', async () => {
  const { workspace, nx, serves } = generated;
  await generatePair(generated, 'rust', {
    dryRun: /CREATE plugins\/kv-memory\/Containerfile[\s\S]*UPDATE Cargo\.toml\nUPDATE Cargo\.lock/,
    file: () => 'Cargo.toml',
  });
  const cargo = (...args: string[]) =>
    execFileSync('/usr/bin/cargo', args, { cwd: workspace.path('.'), encoding: 'utf8', stdio: 'pipe' });
  expect(cargo('fmt', '--check')).toBe('');

  // The lock that the generator wrote is the one that cargo would write: both compile with --locked.
  await buildPair(generated);
  for (const backend of backends) await serves(`plugin-kv-${backend}`);
  // Where `npm test` compiles the same; with another home of cargo's everything would be compiled once more.
  process.env.CARGO_TARGET_DIR = join(repository, '.prism/cache/cargo-test');
  const tested = await nx('run-many', '-t', 'test', '--projects=plugin-kv-*', '--parallel=1');
  expect(tested.match(/test serves_and_drains \.\.\. ok/g)).toHaveLength(2);
  expect(tested).toMatch(/test store::tests::conforms \.\.\. ok/);

  await runsInContainer(generated, 'plugin-kv-memory', ['/plugin-kv-memory', 'health']);
});
