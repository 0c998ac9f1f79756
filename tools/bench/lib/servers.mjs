import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import { delimiter, join } from 'node:path';
import { onEnd } from './cleanup.mjs';
import { freePort, readyAfter } from './ports.mjs';
import { environment } from './process.mjs';

/** Starts a server that listens on `port` of loopback, and waits until it does. Returns its address and its process. */
export async function startServer([command, ...args], port, more = {}) {
  const log = [];
  const stdio = ['ignore', 'pipe', 'pipe'];
  const child = spawn(command, args, { env: environment(more), stdio, detached: true });
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => log.push(chunk));
  const ended = new Promise((resolve) => child.on('error', resolve).on('exit', resolve));
  const failed = ended.then((why) => Promise.reject(new Error(`${command} ended: ${why}\n${log.join('')}`)));
  failed.catch(() => undefined);
  onEnd(() => {
    // With its workers, which would hold the pipes. One that did not start has no number.
    if (child.pid) killGroup(child.pid);
    return ended;
  });
  await Promise.race([readyAfter(port, performance.now()), failed]);
  return { address: `127.0.0.1:${port}`, process: child.pid };
}

function killGroup(pid) {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}

/** A program of PATH, or of the directory of Debian's servers, which PATH lacks for other users than root. */
export function findProgram(name) {
  const directories = [...process.env.PATH.split(delimiter), '/usr/sbin'];
  return directories.map((one) => join(one, name)).find((path) => fs.existsSync(path));
}

/** Starts nginx as a gRPC proxy in front of `plugin`, with its files in `directory`. */
export async function startNginx(nginx, directory, plugin) {
  const port = await freePort();
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  const configuration = [
    `daemon off; pid ${directory}/pid; worker_processes auto; error_log stderr;`,
    'events { worker_connections 4096; }',
    'http {',
    '  access_log off;',
    ...temporary.map((name) => `  ${name}_temp_path ${directory}/${name};`),
    // By default nginx closes a connection after 1000 calls.
    '  keepalive_requests 1000000000;',
    `  upstream plugin { server ${plugin}; keepalive 256; keepalive_requests 1000000000; }`,
    `  server { listen 127.0.0.1:${port} http2; location / { grpc_pass grpc://plugin; } }`,
    '}\n',
  ];
  fs.mkdirSync(directory);
  fs.writeFileSync(join(directory, 'nginx.conf'), configuration.join('\n'));
  const files = ['-p', directory, '-c', join(directory, 'nginx.conf'), '-e', 'stderr'];
  return startServer([nginx, ...files], port);
}
