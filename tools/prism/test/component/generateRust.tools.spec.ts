import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf } from '../../../../test/support/components';
import { repository } from '../../../../test/support/plugin';
import { until } from '../../../../test/support/workspace';
import { type Generated, host, openGenerated, podman, succeeds } from './generated';

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
  const { workspace, nx, generate, serves, start } = generated;
  const files = () => workspace.git('status', '--short', '--untracked-files=all');
  expect(await generate('prism:plugin', 'kv-memory', '--lang=rust', '--dry-run')).toMatch(
    /CREATE plugins\/kv-memory\/Containerfile[\s\S]*UPDATE Cargo\.toml\nUPDATE Cargo\.lock/,
  );
  expect(existsSync(workspace.path('plugins'))).toBe(false);
  for (const backend of ['memory', 'blank']) {
    const options = [`kv-${backend}`, `--backend=${backend}`, '--lang=rust'];
    expect(await generate('prism:plugin', ...options)).toContain(`CREATE plugins/kv-${backend}/Cargo.toml`);
    const before = files();
    expect(await generate('prism:plugin', ...options)).toContain('nothing changed');
    expect(files()).toBe(before);
  }
  const cargo = (...args: string[]) =>
    execFileSync('/usr/bin/cargo', args, { cwd: workspace.path('.'), encoding: 'utf8', stdio: 'pipe' });
  expect(cargo('fmt', '--check')).toBe('');

  // The lock that the generator wrote is the one that cargo would write: both compile with --locked.
  await nx('build-image', 'plugin-kv-memory');
  // One platform of the other is enough for a test: the SDK is the same.
  await nx('build-image', 'plugin-kv-blank', `--platforms=linux/${host}`);
  for (const [project, platforms] of [
    ['plugin-kv-memory', 2],
    ['plugin-kv-blank', 1],
  ] as const) {
    expect(digestOf(workspace, project)).toMatch(/^sha256:/);
    const image = JSON.parse(workspace.read(`dist/images/${project}/digest.json`));
    expect(image.platforms).toHaveLength(platforms);
    await serves(project);
  }
  // Where `npm test` compiles the same; with another home of cargo's everything would be compiled once more.
  process.env.CARGO_TARGET_DIR = join(repository, '.prism/cache/cargo-test');
  const tested = await nx('run-many', '-t', 'test', '--projects=plugin-kv-*', '--parallel=1');
  expect(tested.match(/test serves_and_drains \.\.\. ok/g)).toHaveLength(2);
  expect(tested).toMatch(/test store::tests::conforms \.\.\. ok/);

  await nx('load-image', 'plugin-kv-memory');
  const name = start('plugin-kv-memory');
  await until('the plugin in its container is healthy', () =>
    succeeds('exec', name, '/plugin-kv-memory', 'health'),
  );
  podman('stop', '--time=20', name);
  expect(podman('inspect', '--format={{.State.ExitCode}}', name)).toBe('0');
});
