import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { onEnd } from './lib/cleanup.mjs';
import { listCases } from './lib/devCases.mjs';
import { measure, median, table } from './lib/measure.mjs';
import { engineSettings } from './lib/podman.mjs';
import { freePort, readyAfter } from './lib/ports.mjs';
import { environment, run, time } from './lib/process.mjs';
import { cache, copyRepository, nxOf, temporaryDirectory } from './lib/workspace.mjs';

/** What Tilt publishes for its live_update of an example in Go, on a machine of theirs. */
const tilt = 1500;
const image = 'localhost/bench/dev';
const container = 'prism-bench-dev';

/**
 * From an edit of one line to the new program, which answers: `nx dev`, the compiler alone, and the compiler with `podman
 * build` and `podman run`. All compile for this machine's platform only. `--project=bench-python` selects one.
 */
export async function dev({ rounds = 7, project }) {
  const scratch = temporaryDirectory();
  const workspace = join(scratch, 'workspace');
  await copyRepository(workspace);
  const cases = listCases(workspace, join(scratch, 'out')).filter(
    (one) => project === undefined || one.project === project,
  );
  const settings = engineSettings();
  const podman = podmanOf(scratch, settings);
  const nx = nxOf(workspace, { daemon: false, more: settings });
  const projects = [...new Set(cases.flatMap((one) => [one.project, ...one.bases]))];
  await nx('run-many', '-t', 'load-image', `--projects=${projects.join(',')}`);
  const reports = [];
  for (const one of cases)
    reports.push(await measureCase(one, { scratch, workspace, settings, podman, rounds }));
  const rows = table(reports.flatMap((one) => one.rows));
  const verdicts = reports.map(({ verdict }) => verdict).join(', ');
  return `one line changed, until the new program answers\n${rows}  goals of nx dev on two quiet cores: ${verdicts}; for comparison, Tilt publishes ${tilt} ms for Go\n`;
}

/** Podman with the images that `load-image` brings. */
function podmanOf(cwd, settings) {
  const podman = (...args) => run(['podman', ...args], { cwd, env: environment(settings) });
  onEnd(async () => {
    await podman('rm', '--force', '--ignore', '--time=0', container);
    // Every build takes the name from the one before.
    const built = await podman('images', '--all', '--quiet', '--filter=label=prism.bench');
    const ids = [...new Set(built.split('\n').filter(Boolean))];
    if (ids.length > 0) await podman('rmi', '--force', ...ids);
  });
  return podman;
}

async function measureCase(one, { scratch, workspace, settings, podman, rounds }) {
  const { name, compile, edit, port } = one;
  const loop = await startDev(workspace, one.project, settings);
  const containerfile = join(scratch, 'Containerfile');
  const sides = {
    dev: () =>
      time(async () => {
        const said = loop.nextReady();
        await readyAfter(port, performance.now(), { tries: edit() });
        await said;
      }),
    ...(compile && {
      compile: () => {
        edit();
        return quietly(loop, () => time(compile));
      },
    }),
    podman: async () => {
      const at = await freePort();
      const ready = edit();
      return quietly(loop, async () => {
        const milliseconds = await time(async () => {
          await compile?.();
          fs.writeFileSync(containerfile, `${one.image}LABEL prism.bench=1\n`);
          await podman('build', '-q', '--no-cache', '-f', containerfile, '-t', image, one.context);
          // In the network of this machine, which starts faster than ports.
          const own = ['--network=host', ...one.environment(at).map((variable) => `--env=${variable}`)];
          await podman('run', '-d', `--name=${container}`, ...own, image);
          await readyAfter(at, performance.now(), { tries: ready });
        });
        await podman('rm', '--force', '--time=0', container);
        return milliseconds;
      });
    },
  };
  const times = await measure(sides, rounds);
  await loop.stop();
  const verdict = `${name} ${one.goal} ms ${median(times.dev) <= one.goal ? 'met' : 'MISSED'}`;
  const rows = [
    [`${name}: nx dev`, times.dev, { to: 'podman build, podman run', peer: times.podman, goal: 0.5 }],
    ...(compile ? [['the same', times.dev, { to: 'the compiler alone', peer: times.compile }]] : []),
    ...(compile ? [['the compiler alone', times.compile]] : []),
    ['podman build, podman run', times.podman],
  ];
  return { rows, verdict };
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
      if (/ready after|replaced in/.test(chunk)) waiting?.resolve();
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
