import { existsSync } from 'node:fs';
import { digestOf } from '../../../../test/support/components';
import { until } from '../../../../test/support/workspace';
import { type Generated, host, podman, succeeds } from './generated';

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

/** One platform of the second is enough for a test: the SDK is the same. */
export async function buildPair({ workspace, nx }: Generated): Promise<void> {
  await nx('build-image', 'plugin-kv-memory');
  await nx('build-image', 'plugin-kv-blank', `--platforms=linux/${host}`);
  const platformsOf = (project: string) => {
    expect(digestOf(workspace, project)).toMatch(/^sha256:/);
    return JSON.parse(workspace.read(`dist/images/${project}/digest.json`)).platforms.length;
  };
  expect(backends.map((backend) => platformsOf(`plugin-kv-${backend}`))).toEqual([2, 1]);
}

/** @param health the command in the container that says whether it serves */
export async function runsInContainer(
  { nx, start }: Generated,
  project: string,
  health: readonly string[],
): Promise<void> {
  await nx('load-image', project, `--platforms=linux/${host}`);
  const name = start(project);
  await until('the plugin in its container is healthy', () => succeeds('exec', name, ...health));
  podman('stop', '--time=20', name);
  expect(podman('inspect', '--format={{.State.ExitCode}}', name)).toBe('0');
}
