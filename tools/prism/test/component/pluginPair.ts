import { existsSync } from 'node:fs';
import { digestOf } from '../../../../test/support/components';
import { until } from '../../../../test/support/workspace';
import { podman } from '../support/podman';
import { type Generated, ownPlatform, succeeds } from './generated';

/** What is asked of a plugin in every language is asked of both of these: one with a store, one without. */
export const backends = ['memory', 'blank'] as const;

/**
 * Generates both, each twice: the second time nothing changes.
 *
 * @param creates what a dry run says of kv-memory, and a file that each has, by the backend's name
 */
export async function generatePair(
  { workspace, generate }: Generated,
  language: string,
  creates: { readonly dryRun: RegExp; readonly file: (backend: string) => string },
): Promise<void> {
  const files = () => workspace.git('status', '--short', '--untracked-files=all');
  expect(await generate('prism:plugin', 'kv-memory', `--lang=${language}`, '--dry-run')).toMatch(
    creates.dryRun,
  );
  expect(existsSync(workspace.path('plugins'))).toBe(false);
  for (const backend of backends) {
    const options = [`kv-${backend}`, `--backend=${backend}`, `--lang=${language}`];
    expect(await generate('prism:plugin', ...options)).toContain(
      `CREATE plugins/kv-${backend}/${creates.file(backend)}`,
    );
    const before = files();
    expect(await generate('prism:plugin', ...options)).toContain('nothing changed');
    expect(files()).toBe(before);
  }
}

/**
 * Builds both, and more backends for both platforms or for this machine's. One platform of `blank` is enough for a test:
 * the SDK is the same.
 */
export async function buildPair(
  { workspace, nx }: Generated,
  more: { readonly both: readonly string[]; readonly own: readonly string[] } = { both: [], own: [] },
): Promise<void> {
  const build = (names: readonly string[], ...options: string[]) =>
    nx('run-many', '-t', 'build-image', '-p', names.map((name) => `plugin-kv-${name}`).join(), ...options);
  await build(['memory', ...more.both]);
  await build(['blank', ...more.own], ownPlatform);
  const platformsOf = (project: string) => {
    expect(digestOf(workspace, project)).toMatch(/^sha256:/);
    return JSON.parse(workspace.read(`dist/images/${project}/digest.json`)).platforms.length;
  };
  expect(backends.map((backend) => platformsOf(`plugin-kv-${backend}`))).toEqual([2, 1]);
}

/** Loads what is built, and builds nothing: a load alone would first build the platforms that are missing. */
export async function loadBuilt({ nx }: Generated, projects: readonly string[]): Promise<void> {
  const options = [ownPlatform, '--excludeTaskDependencies'];
  await nx('run-many', '-t', 'load-image', '-p', projects.join(), ...options);
}

/** @param health the command in the container that says whether it serves */
export async function runsInContainer(
  { start }: Generated,
  project: string,
  health: readonly string[],
): Promise<void> {
  const name = start(project);
  await until('the plugin in its container is healthy', () => succeeds('exec', name, ...health));
  podman('stop', '--time=20', name);
  expect(podman('inspect', '--format={{.State.ExitCode}}', name)).toBe('0');
}
