import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { onEnd } from './cleanup.mjs';
import { environment, run } from './process.mjs';

/**
 * Debian's Docker with its own daemon: its own socket and files below `scratch`, without a bridge or rules of the firewall.
 * Stopped at the end.
 */
export async function dockerOf(scratch) {
  const home = join(scratch, 'docker');
  fs.mkdirSync(home);
  const socket = `unix://${join(home, 'docker.sock')}`;
  const env = environment({
    DOCKER_HOST: socket,
    DOCKER_CONFIG: home,
    DOCKER_BUILDKIT: '1',
    // The client of the daemon's package comes before any other on PATH.
    PATH: `/usr/sbin:/usr/bin:${process.env.PATH}`,
  });
  const places = ['data-root', 'exec-root', 'pidfile'].flatMap((name) => [`--${name}`, join(home, name)]);
  const network = ['--iptables=false', '--ip6tables=false', '--bridge', 'none'];
  const log = join(home, 'log');
  const output = fs.openSync(log, 'a');
  const daemon = spawn('dockerd', [...places, ...network, '--host', socket], {
    env,
    stdio: ['ignore', output, output],
  });
  const ended = new Promise((resolve) => daemon.on('error', resolve).on('exit', resolve));
  onEnd(async () => {
    daemon.kill();
    await ended;
    // The daemon leaves this mount behind after a container without a network ran.
    await run(['umount', join(home, 'exec-root', 'netns', 'default')]).catch(() => undefined);
  });
  const docker = (...args) => run(['docker', ...args], { cwd: scratch, env });
  for (let attempt = 0; attempt < 240; attempt += 1) {
    if (daemon.exitCode !== null || daemon.pid === undefined) break;
    if (await docker('version').catch(() => undefined)) return docker;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error(`dockerd does not answer\n${fs.readFileSync(log, 'utf8').slice(-2000)}`);
}
