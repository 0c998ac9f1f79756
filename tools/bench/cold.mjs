import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { hostCompilers } from './lib/host.mjs';
import { addIdleProject } from './lib/idle.mjs';
import { measure, table } from './lib/measure.mjs';
import { podmanBuild } from './lib/podman.mjs';
import { time } from './lib/process.mjs';
import { copyRepository, nxOf, repository, temporaryDirectory } from './lib/workspace.mjs';

/**
 * Builds every image of the stack from nothing, with warm compiler caches on both sides: our one command, against
 * compiling on the host and a loop of `podman build`. Reports the time without compiling separately: on our side the
 * time in which no compile task runs, taken from Nx's record of the run; on the other side the loop. `project`
 * selects some projects. A project with empty tasks, started in the same way, measures Nx's own start.
 */
export async function cold({ rounds = 5, project }) {
  // The same path for every run: cargo keys its results by path.
  const own = createHash('sha256').update(repository).digest('hex').slice(0, 8);
  const scratch = temporaryDirectory(`prism-bench-cold-${own}`);
  const workspace = join(scratch, 'workspace');
  await copyRepository(workspace);
  const out = join(scratch, 'out');
  const compilers = hostCompilers(workspace, scratch, out, join(repository, '.prism', 'bench', 'cache'));
  const chosen = project ? project.split(',') : Object.keys(compilers);
  const peers = Object.fromEntries(chosen.map((name) => [name, compilers[name]]));
  for (const { fetch } of Object.values(peers)) await fetch();
  const podman = podmanBuild(scratch, out);
  const caches = join(repository, '.prism', 'bench', 'ours');
  const nx = nxOf(workspace, { daemon: false, more: { PRISM_CACHE_DIR: caches } });
  addIdleProject(workspace, 'idle');
  const rest = { prism: [], podman: [] };
  const forget = (...names) => {
    for (const name of names) fs.rmSync(join(workspace, name), { recursive: true, force: true });
  };
  const sides = {
    async prism() {
      forget('dist', '.nx', '.prism');
      const whole = await time(() => nx('run-many', '-t', 'build-image', '-p', chosen.join()));
      rest.prism.push(whole - compiling(join(workspace, '.nx', 'cache', 'run.json')));
      return whole;
    },
    idle() {
      forget('dist', '.nx', '.prism');
      return time(() => nx('run-many', '-t', 'build-image', '-p', 'idle'));
    },
    async podman() {
      // A fresh clone has fresh times, so cargo compiles the workspace's own crates.
      touch(join(workspace, 'proxy'));
      touch(join(workspace, 'libs', 'proto'));
      const compiled = await time(async () => {
        for (const { compile } of Object.values(peers)) await compile();
      });
      const builds = await Promise.all(Object.keys(peers).map((one) => podman(one, peers[one].binary)));
      const loop = await time(async () => {
        for (const build of builds) await build();
      });
      rest.podman.push(loop);
      return compiled + loop;
    },
  };
  const times = await measure(sides, rounds);
  const measured = (all) => all.slice(-rounds);
  const peer = measured(rest.podman);
  return `${chosen.join(', ')}: all images, none there before\n${table([
    [
      'prism: what is not compiling',
      measured(rest.prism),
      { to: 'loop of podman build', peer, goal: 3, above: true },
    ],
    ['nx: tasks that do nothing', times.idle],
    ['podman: what is not compiling', peer],
    ['prism: the whole command', times.prism],
    ['podman: compiling and the loop', times.podman],
  ])}`;
}

/** Milliseconds in which at least one compile task ran. */
function compiling(runFile) {
  const { tasks } = JSON.parse(fs.readFileSync(runFile, 'utf8'));
  const spans = tasks
    .filter(({ target }) => target === 'compile')
    .map(({ startTime, endTime }) => [Date.parse(startTime), Date.parse(endTime)])
    .sort(([a], [b]) => a - b);
  let sum = 0;
  let until = 0;
  for (const [from, to] of spans) {
    sum += Math.max(0, to - Math.max(from, until));
    until = Math.max(until, to);
  }
  return sum;
}

function touch(directory) {
  const now = new Date();
  for (const entry of fs.readdirSync(directory, { withFileTypes: true, recursive: true })) {
    if (entry.isFile()) fs.utimesSync(join(entry.parentPath ?? entry.path, entry.name), now, now);
  }
}
