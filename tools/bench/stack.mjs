import * as fs from 'node:fs';
import { join } from 'node:path';
import { onEnd } from './lib/cleanup.mjs';
import { measure, table } from './lib/measure.mjs';
import { engineSettings } from './lib/podman.mjs';
import { run, time } from './lib/process.mjs';
import { cache, copyRepository, nxOf, temporaryDirectory } from './lib/workspace.mjs';

/** Caches of compilers and tests. Everything else in the cache was downloaded. */
const compiled = ['gobuild', 'cargo-units', 'locks', 'tests'];

/**
 * Builds all images of the stack from nothing through Podman: everything is compiled in containers of builder bases,
 * which are assembled first. Runs once with empty compiler caches, and once with warm caches against the toolchains
 * of the machine. Downloads are done beforehand.
 */
export async function stack({ rounds = 1 }) {
  const scratch = temporaryDirectory();
  const workspace = join(scratch, 'workspace');
  await copyRepository(workspace);
  const build = (caches, more) => {
    const nx = nxOf(workspace, {
      daemon: false,
      more: { PRISM_CACHE_DIR: caches, ...engineSettings(), ...more },
    });
    return () => nx('run-many', '-t', 'build-image', '--exclude=base-*,example-*');
  };
  const forget = () => {
    for (const name of ['dist', '.nx', '.prism'])
      fs.rmSync(join(workspace, name), { recursive: true, force: true });
  };
  const cold = (work) => () => {
    forget();
    return time(work);
  };
  process.stderr.write('downloading and compiling what is not there yet\n');
  await build(cache, {})();
  const empty = join(scratch, 'cache');
  await copyDownloads(empty);
  const podman = { PRISM_ENGINE: 'podman' };
  const nothing = await cold(build(empty, podman))();
  const times = await measure({ podman: cold(build(empty, podman)), host: cold(build(cache, {})) }, rounds);
  return `all images of the stack, none there before\n${table([
    ['podman, nothing compiled before', [nothing]],
    ['podman', times.podman, { to: 'toolchains of the machine', peer: times.host }],
    ['toolchains of the machine', times.host],
  ])}`;
}

/** Links suffice: downloads are only read or replaced. */
async function copyDownloads(directory) {
  fs.mkdirSync(directory);
  const names = fs.readdirSync(cache).filter((name) => !compiled.includes(name));
  for (const name of names) {
    const copy = (how) => run(['cp', how, join(cache, name), join(directory, name)]);
    await copy('-al').catch(() => copy('-a'));
  }
  // Go's modules are read-only, and only root can remove files from such directories.
  onEnd(() => run(['find', directory, '-type', 'd', '-exec', 'chmod', 'u+w', '{}', '+']));
}
