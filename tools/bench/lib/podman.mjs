import * as fs from 'node:fs';
import { join } from 'node:path';
import { onEnd } from './cleanup.mjs';
import { environment, run } from './process.mjs';
import { repository } from './workspace.mjs';

/** Settings that Podman needs without systemd. */
export function engineSettings() {
  if (fs.existsSync('/run/systemd/system')) return {};
  return { CONTAINERS_CONF: join(repository, 'tools', 'setup', 'containers.conf') };
}

/** Arguments for a Podman that has all its state below `scratch`. */
export function storeOf(scratch) {
  const places = { root: 'storage', runroot: 'run', tmpdir: 'libpod' };
  return Object.entries(places).map(([name, directory]) => `--${name}=${join(scratch, directory)}`);
}

/**
 * Arguments that remove everything of a Podman. `system reset` also empties tmpdir and removes networks: in the shared places
 * are the state of all running containers of the user, and their networks.
 */
export function resetOf(scratch) {
  const own = [`--tmpdir=${join(scratch, 'libpod')}`, `--network-config-dir=${join(scratch, 'networks')}`];
  return [...own, 'system', 'reset', '--force'];
}

/** Podman with its own storage below `scratch`, which is removed at the end. */
export function podmanOf(scratch, cwd = scratch, more = {}) {
  const env = environment({ ...engineSettings(), ...more });
  const podman = (...args) => run(['podman', ...storeOf(scratch), ...args], { cwd, env });
  onEnd(() => podman(...resetOf(scratch)));
  return podman;
}

/** `podman build` of both platforms from `<out>/<architecture>/<binary>`, with its own storage. */
export function podmanBuild(scratch, out) {
  const podman = podmanOf(scratch, out);
  return async (project, binary) => {
    const file = join(out, `${project}.Containerfile`);
    fs.writeFileSync(
      file,
      `FROM scratch\nARG TARGETARCH\nCOPY \${TARGETARCH}/${binary} /${binary}\nUSER 65532:65532\nENTRYPOINT ["/${binary}"]\n`,
    );
    const name = `localhost/bench/${project}`;
    await podman('manifest', 'rm', name).catch(() => undefined);
    return () =>
      podman(
        'build',
        '-q',
        '--no-cache',
        '--platform',
        'linux/amd64,linux/arm64',
        '--manifest',
        name,
        '-f',
        file,
        '.',
      );
  };
}
