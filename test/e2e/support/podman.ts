import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeDirectory, removeDirectory } from './directory';
import { type Argv, run, tryRun } from './run';
import { nxEnvironment } from './workspace';

/** Settings that Podman needs without crun and systemd. */
const settings = `runtime="runc"
cgroup_manager="cgroupfs"
events_logger="file"`;

/** Podman with its own storage: the user's is neither read nor changed. */
export class Podman {
  readonly #home = makeDirectory('podman');
  /** Makes every podman use this storage, including those that nx starts. */
  readonly env: NodeJS.ProcessEnv;

  constructor() {
    const storage = join(this.#home, 'storage.conf');
    const engine = join(this.#home, 'containers.conf');
    const at = (name: string) => {
      mkdirSync(join(this.#home, name));
      return join(this.#home, name);
    };
    writeFileSync(
      storage,
      `[storage]\ndriver="overlay"\ngraphroot="${at('root')}"\nrunroot="${at('run')}"\n`,
    );
    writeFileSync(
      engine,
      `[engine]\n${settings}\ntmp_dir="${at('tmp')}"\n` +
        `[network]\nnetwork_config_dir="${at('networks')}"\n` +
        '[containers]\ndefault_ulimits=["nofile=20000:20000","nproc=4096:4096"]\n',
    );
    this.env = { ...nxEnvironment, CONTAINERS_CONF: engine, CONTAINERS_STORAGE_CONF: storage };
  }

  run(...args: string[]): Promise<string> {
    return run(this.#argv(args), { env: this.env, timeout: 120_000 }).then((text) => text.trim());
  }

  try(...args: string[]) {
    return tryRun(this.#argv(args), { env: this.env, timeout: 120_000 });
  }

  #argv(args: readonly string[]): Argv {
    return ['podman', ...args];
  }

  async close(): Promise<void> {
    // Removes everything, because this storage was made for one suite.
    // Repeats while containers remain: one whose network another uses can only be removed after that one.
    for (let left = 'some'; left !== ''; left = await this.run('ps', '--all', '--quiet')) {
      await this.try('rm', '--all', '--force', '--depend', '--time', '1');
    }
    // Podman mounts its storage over itself. Without root, the unmount happens in its user namespace.
    if (process.getuid?.() === 0) await tryRun(['umount', join(this.#home, 'root/overlay')]);
    else await this.try('unshare', 'rm', '-rf', join(this.#home, 'root')).catch(() => undefined);
    await removeDirectory(this.#home);
  }
}

/** Options of every component's container: no privileges that it does not need. */
export const hardened = ['--read-only', '--cap-drop', 'all', '--security-opt', 'no-new-privileges'];
