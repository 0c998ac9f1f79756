import { spawn } from 'node:child_process';
import { openSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { type Need, which } from '../../support/needs';
import { makeDirectory, removeDirectory } from './directory';
import { run, tryRun } from './run';
import { until } from './until';
import { nxEnvironment } from './workspace';

const elsewhere = process.env.PRISM_E2E_DOCKER ?? '';

export const dockerd: Need = {
  what: 'dockerd (Debian: apt-get install docker.io; PRISM_E2E_DOCKER names another directory with it)',
  there: which('dockerd', elsewhere) !== undefined,
};

/** A Docker daemon for one test: its own files and socket, and no bridge on the machine. */
export interface DockerDaemon {
  /** Environment variables that make a client use this daemon. */
  readonly env: NodeJS.ProcessEnv;
  readonly docker: (...args: string[]) => Promise<string>;
  readonly stop: () => Promise<void>;
}

export async function startDocker(): Promise<DockerDaemon> {
  const home = makeDirectory('docker');
  const socket = `unix://${join(home, 'docker.sock')}`;
  const own = dirname(which('dockerd', elsewhere)!);
  // Prefers the client of the daemon's package to any other on PATH.
  const path = [elsewhere, own, '/usr/bin', process.env.PATH].join(delimiter);
  const env = {
    ...nxEnvironment,
    ...{ PATH: path, DOCKER_HOST: socket, DOCKER_CONFIG: home, PRISM_ENGINE: 'docker' },
  };
  const log = join(home, 'log');
  const places = ['data-root', 'exec-root', 'pidfile'].flatMap((name) => [`--${name}`, join(home, name)]);
  const plain = ['--storage-driver', 'vfs', '--iptables=false', '--ip6tables=false', '--bridge', 'none'];
  const output = openSync(log, 'a');
  const daemon = spawn(join(own, 'dockerd'), [...places, ...plain, '--host', socket], {
    env,
    stdio: ['ignore', output, output],
  });
  await until('dockerd answers', 60_000, async () => {
    if (daemon.exitCode !== null) throw new Error(readFileSync(log, 'utf8').slice(-2000));
    return (await tryRun(['docker', 'version'], { env })).code === 0;
  }).catch((error) => {
    throw new Error(`${error}\n${readFileSync(log, 'utf8').slice(-4000)}`);
  });
  return {
    env,
    docker: (...args) => run(['docker', ...args], { env }).then((text) => text.trim()),
    stop: async () => {
      if (daemon.exitCode === null) {
        const ended = new Promise((resolve) => daemon.once('exit', resolve));
        daemon.kill('SIGTERM');
        await ended;
      }
      // The daemon leaves its mounts of network namespaces behind after a container used one.
      await tryRun(['umount', join(home, 'exec-root/netns/default')]);
      await removeDirectory(home);
    },
  };
}
