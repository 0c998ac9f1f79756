import * as fs from 'node:fs';
import { join } from 'node:path';
import { align } from './lib/measure.mjs';
import { engineSettings } from './lib/podman.mjs';
import { environment, run } from './lib/process.mjs';
import { cache, copyRepository, repository, temporaryDirectory } from './lib/workspace.mjs';

/** Examples whose commands an engine runs. */
const projects = ['example-heredocs', 'example-run-in-final-stage', 'example-several-copies'];
const architecture = process.arch === 'x64' ? 'amd64' : process.arch;

/**
 * The digests of images with RUN, by this machine's Podman and by Podman 5.4 of Debian 13 (tools/setup/second-podman). Each
 * begins with nothing built. Fails if they differ. Needs root.
 */
export async function podmans() {
  const directory = join(temporaryDirectory(), 'repository');
  await copyRepository(directory);
  const second = join(repository, 'tools', 'setup', 'second-podman');
  const own = await build(directory, []);
  const other = await build(directory, [second]);
  const rows = projects.map((name) => {
    const equal = own.digests[name] === other.digests[name];
    return [name, own.digests[name], equal ? 'equal' : `differs: ${other.digests[name]}`];
  });
  const report = [
    `digests by ${own.version} and ${other.version}, linux/${architecture}\n`,
    align([['image', own.version, other.version], ...rows]),
  ].join('');
  if (own.version === other.version) throw new Error(`both are ${own.version}: nothing was compared`);
  if (rows.some(([, , verdict]) => verdict !== 'equal')) throw new Error(report);
  return report;
}

/** Builds the images from nothing with the Podman that `prefix` puts in place. */
async function build(directory, prefix) {
  for (const made of ['dist', '.nx', '.prism'])
    fs.rmSync(join(directory, made), { recursive: true, force: true });
  const env = environment({
    NX_DAEMON: 'false',
    NX_TUI: 'false',
    NX_CACHE_DIRECTORY: join(directory, '.nx', 'cache'),
    NX_WORKSPACE_DATA_DIRECTORY: join(directory, '.nx', 'data'),
    PRISM_CACHE_DIR: cache,
    PRISM_ENGINE: 'podman',
    ...engineSettings(),
  });
  const call = (...argv) => run([...prefix, ...argv], { cwd: directory, env });
  const version = (await call('podman', '--version')).trim().replace('podman version', 'Podman');
  const nx = [process.execPath, join(directory, 'node_modules', 'nx', 'dist', 'bin', 'nx.js')];
  const flags = ['-t', 'build-image', `--platforms=linux/${architecture}`, '-p', projects.join()];
  await call(...nx, 'run-many', ...flags);
  const digests = Object.fromEntries(
    projects.map((name) => {
      const text = fs.readFileSync(join(directory, 'dist', 'images', name, 'digest.json'), 'utf8');
      return [name, JSON.parse(text).index.digest];
    }),
  );
  return { version, digests };
}
