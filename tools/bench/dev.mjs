import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { onEnd } from './lib/cleanup.mjs';
import { changeLine } from './lib/edited.mjs';
import { measure, median, table } from './lib/measure.mjs';
import { engineSettings, podmanOf } from './lib/podman.mjs';
import { readyAfter } from './lib/ports.mjs';
import { environment, run, time } from './lib/process.mjs';
import { cache, copyRepository, nxOf, temporaryDirectory } from './lib/workspace.mjs';

const port = 50100;
/** What Tilt publishes for its live_update of an example in Go, on a machine of theirs. */
const tilt = 1500;
const goal = 700;

/**
 * From an edit of one line of Go to the new program, which answers: `nx dev`, compile and start without a container, and
 * `podman build` with `podman run`. All compile for this machine's platform only, with one cache.
 */
export async function dev({ rounds = 7, project = 'plugin-memstore' }) {
  const scratch = temporaryDirectory();
  const workspace = join(scratch, 'workspace');
  await copyRepository(workspace);
  const name = project.replace('plugin-', '');
  const settings = engineSettings();
  const nx = nxOf(workspace, { daemon: false, more: settings });
  await nx('load-image', project);
  const out = join(scratch, 'out');
  fs.mkdirSync(out);
  const binary = join(out, project);
  const goEnv = environment({
    ...{ GOCACHE: join(cache, 'gobuild'), GOMODCACHE: join(cache, 'gomod'), GOFLAGS: '-mod=readonly' },
    CGO_ENABLED: '0',
  });
  const flags = ['-trimpath', '-tags=grpcnotrace', '-ldflags=-s -w -buildid='];
  const cwd = join(workspace, 'plugins', name);
  const compile = () => run(['go', 'build', ...flags, '-o', binary, `./cmd/${project}`], { cwd, env: goEnv });
  fs.writeFileSync(
    join(out, 'Containerfile'),
    `FROM scratch\nCOPY ${project} /${project}\nUSER 65532:65532\nENTRYPOINT ["/${project}"]\n`,
  );
  const podman = podmanOf(scratch, out, settings);
  const bareEnv = environment({ PRISM_LISTEN: '127.0.0.1:50101' });
  const image = `localhost/bench/dev-${name}`;

  const changed = (work) => () => {
    changeLine(workspace, name);
    return work();
  };
  const loop = await startDev(workspace, project, settings);
  const sides = {
    dev: changed(() => time(loop.nextReady)),
    go: changed(() => quietly(loop, () => time(compile))),
    bare: changed(() =>
      quietly(loop, async () => {
        let child;
        const milliseconds = await time(async () => {
          await compile();
          child = spawn(binary, [], { env: bareEnv, stdio: 'ignore' });
          await readyAfter(50_101, performance.now());
        });
        child.kill();
        await new Promise((resolve) => child.on('exit', resolve));
        return milliseconds;
      }),
    ),
    podman: changed(() =>
      quietly(loop, async () => {
        const milliseconds = await time(async () => {
          await compile();
          await podman('build', '-q', '--no-cache', '-t', image, '.');
          await podman('run', '-d', '--name=bench-dev', `--publish=127.0.0.1:50102:${port}`, image);
          await readyAfter(50_102, performance.now());
        });
        await podman('rm', '--force', '--time=0', 'bench-dev');
        return milliseconds;
      }),
    ),
  };
  const times = await measure(sides, rounds);
  await loop.stop();
  const verdict = median(times.dev) <= goal ? 'met' : 'MISSED';
  return `one line of ${project} changed, until the new program answers\n${table([
    ['nx dev', times.dev, { to: 'go build alone', peer: times.go }],
    ['the same', times.dev, { to: 'go build, then the program alone', peer: times.bare }],
    ['the same', times.dev, { to: 'podman build, podman run', peer: times.podman, goal: 0.5 }],
    ['go build alone', times.go],
    ['go build, then the program alone', times.bare],
    ['go build, podman build, podman run', times.podman],
  ])}  goal of nx dev on two quiet cores: ${goal} ms, ${verdict}; for comparison, Tilt publishes ${tilt} ms for its live_update\n`;
}

/** The other sides change sources too: the loop is paused while they are measured, and then comes up to date. */
async function quietly(loop, work) {
  loop.pause();
  try {
    return await work();
  } finally {
    const ready = loop.nextReady();
    loop.resume();
    await ready;
  }
}

async function startDev(workspace, project, settings) {
  const env = environment({
    ...{ NX_DAEMON: 'false', NX_TUI: 'false', PRISM_CACHE_DIR: cache, ...settings },
    NX_CACHE_DIRECTORY: join(workspace, '.nx', 'cache'),
    NX_WORKSPACE_DATA_DIRECTORY: join(workspace, '.nx', 'data'),
  });
  const bin = join(workspace, 'node_modules', 'nx', 'dist', 'bin', 'nx.js');
  const child = spawn(process.execPath, [bin, 'dev', project, '--idle=0', '--output-style=stream'], {
    ...{ cwd: workspace, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] },
  });
  let all = '';
  let waiting;
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      all += chunk;
      if (/ready after/.test(chunk)) waiting?.resolve();
    });
  child.on('exit', () => waiting?.reject(new Error(`nx dev ended\n${all.slice(-4000)}`)));
  const signal = (name) => process.kill(-child.pid, name);
  const ended = new Promise((resolve) => child.on('exit', resolve));
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    waiting = undefined;
    signal('SIGINT');
    await ended;
  };
  onEnd(stop);
  const nextReady = () =>
    new Promise((resolve, reject) => {
      waiting = { resolve, reject };
    });
  await nextReady();
  return { nextReady, stop, pause: () => signal('SIGSTOP'), resume: () => signal('SIGCONT') };
}
