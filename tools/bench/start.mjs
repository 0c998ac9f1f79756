import { spawn } from 'node:child_process';
import { get } from 'node:http';
import { join } from 'node:path';
import { measure, median, table } from './lib/measure.mjs';
import { podmanOf } from './lib/podman.mjs';
import { freePort, readyAfter } from './lib/ports.mjs';
import { environment } from './lib/process.mjs';
import { nxOf, repository, temporaryDirectory } from './lib/workspace.mjs';

const budget = 500;
const goal = 3;

/**
 * From the start to the first answer of /health: the admin's container, the same program without a container, and the
 * same application by `python3 -m uvicorn` on this machine with the same bytecode.
 */
export async function start({ rounds = 11 }) {
  const scratch = temporaryDirectory();
  const nx = nxOf(repository, { daemon: false });
  await nx('materialize', 'admin');
  const podman = podmanOf(scratch);
  const image = (await podman('pull', '-q', `oci:${join(repository, 'dist', 'layouts', 'admin')}`)).trim();
  const port = await freePort();
  const listen = `127.0.0.1:${port}`;
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
  const compiled = join(repository, 'dist', 'compile', 'admin', `linux-${architecture}`);
  const paths = ['application', 'dependencies'].map((name) => join(compiled, name));
  const env = environment({
    PYTHONPATH: paths.join(':'),
    PYTHONSAFEPATH: '1',
    PYTHONDONTWRITEBYTECODE: '1',
    PRISM_LISTEN: listen,
  });
  const bare = (...args) => bareProcess(['/usr/bin/python3.11', '-m', ...args], env, port);
  const sides = {
    container: async () => {
      const begin = performance.now();
      const own = ['--read-only', '--user', '65532', '--cap-drop', 'all', '--network', 'host'];
      const id = await podman('run', '-d', '--pull', 'never', ...own, '-e', `PRISM_LISTEN=${listen}`, image);
      const taken = await readyAfter(port, begin, { tries: answers });
      await podman('rm', '-f', '-t', '5', id.trim());
      return taken;
    },
    program: () => bare('prism_admin'),
    uvicorn: () =>
      bare('uvicorn', '--factory', 'prism_admin.app:app', '--host', '127.0.0.1', '--port', String(port)),
  };
  const times = await measure(sides, rounds, 2);
  const against = { to: 'bare uvicorn', peer: times.uvicorn };
  const [most, least] = [median(times.container), Math.min(...times.container)];
  return `ready after start\n${table([
    ['podman run of the admin', times.container, { ...against, goal }],
    ['the same program without a container', times.program, { ...against, goal: 1.2 }],
    ['bare python3 -m uvicorn', times.uvicorn],
  ])}  podman run: ${most.toFixed(0)} of ${budget} ms ${most <= budget ? 'met' : 'MISSED'}, least ${least.toFixed(0)}\n`;
}

async function bareProcess([command, ...args], env, port) {
  const begin = performance.now();
  const child = spawn(command, args, { env, stdio: 'ignore' });
  const ended = new Promise((resolve) => child.on('exit', resolve));
  const failed = ended.then((status) => Promise.reject(new Error(`${status} from ${args.join(' ')}`)));
  failed.catch(() => undefined);
  try {
    return await Promise.race([readyAfter(port, begin, { tries: answers }), failed]);
  } finally {
    child.kill();
    await ended;
  }
}

function answers(port) {
  return new Promise((resolve) => {
    get({ host: '127.0.0.1', port, path: '/health', agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    }).on('error', () => resolve(false));
  });
}
