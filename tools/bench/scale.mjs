import * as fs from 'node:fs';
import { join } from 'node:path';
import { measure, median, table } from './lib/measure.mjs';
import { makeMonorepo } from './lib/monorepo.mjs';
import { run, time } from './lib/process.mjs';
import {
  commit,
  linkModules,
  nxOf,
  packPlugin,
  startWorkspace,
  temporaryDirectory,
} from './lib/workspace.mjs';

const goals = { noop: 1.15, cold: 150, warm: 20 };

/**
 * A monorepo of many components: what inference costs above Nx with as many projects that say everything in
 * project.json, and a `run-many` that has nothing to do. `--size=100,1000` names the numbers of components.
 */
export async function scale({ rounds = 5, size = '100,1000' }) {
  const directory = temporaryDirectory();
  const plugin = await packPlugin(join(directory, 'packed'));
  const reports = [];
  for (const count of size.split(',').map(Number)) {
    const at = join(directory, String(count));
    reports.push(await measureSize(at, plugin, count, rounds));
    fs.rmSync(at, { recursive: true, force: true });
  }
  return `a monorepo of many components\n${reports.join('')}`;
}

async function measureSize(directory, plugin, count, rounds) {
  const ours = join(directory, 'ours');
  startWorkspace(ours, { plugins: ['prism'] });
  linkModules(ours, plugin);
  const plain = makeMonorepo(ours, count);
  await commit(ours);
  const only = `--projects=${plain.join(',')}`;
  const builds = ['run-many', '-t', 'build-image', only];
  await nxOf(ours, { daemon: false })(...builds);
  const peer = await makePeer(join(directory, 'peer'), ours);
  await nxOf(peer, { daemon: false })(...builds);

  const show = (root) => nxOf(root, { daemon: false })('show', 'projects');
  const cold = (root) => () => {
    fs.rmSync(join(root, '.nx', 'data'), { recursive: true, force: true });
    return time(() => show(root));
  };
  const warm = (root) => () => time(() => show(root));
  const noop = (root) => () => time(() => nxOf(root, { daemon: false })(...builds));
  const sides = {
    cold: await measure({ prism: cold(ours), nx: cold(peer) }, rounds),
    warm: await measure({ prism: warm(ours), nx: warm(peer) }, rounds),
    noop: await measure({ prism: noop(ours), nx: noop(peer) }, rounds),
  };
  const rows = Object.entries(sides).flatMap(([what, { prism, nx }]) => {
    const goal = { to: 'nx with project.json', peer: nx, goal: goals.noop };
    return [
      [`${names[what]}, prism`, prism, ...(what === 'noop' ? [goal] : [])],
      [`${names[what]}, nx with project.json`, nx],
    ];
  });
  const inference = await inferAlone(ours, plugin, rounds);
  const over = (what) => median(sides[what].prism.map((value, round) => value - sides[what].nx[round]));
  const lines = [
    ...['cold', 'warm'].map((what) => `${names[what]}: ${compare(over(what), goals[what], count)} over nx`),
    `the plugin alone, in a fresh process: loads in ${inference.load}, infers ${inference.projects} projects in ${inference.first}, again in ${inference.again}`,
  ];
  return `${count} components\n${table(rows)}${lines.map((line) => `  ${line}\n`).join('')}`;
}

const names = { cold: 'show projects, no graph', warm: 'show projects again', noop: 'nothing to build' };

/** Goals are said for 1,000 components; others are in proportion. */
function compare(milliseconds, goal, count) {
  const wanted = (goal * count) / 1000;
  return `${milliseconds.toFixed(0)} ms (goal ≤ ${wanted.toFixed(0)}: ${milliseconds <= wanted ? 'met' : 'MISSED'})`;
}

async function inferAlone(root, plugin, rounds) {
  const script = join(import.meta.dirname, 'lib', 'infer.cjs');
  const found = [];
  // The first writes V8's code cache.
  for (let round = -1; round < rounds; round += 1) {
    const printed = JSON.parse(await run([process.execPath, script, root, plugin], { cwd: root }));
    if (round >= 0) found.push(printed);
  }
  const middle = (name) => `${median(found.map((one) => one[name])).toFixed(1)} ms`;
  return {
    load: middle('load'),
    first: middle('first'),
    again: middle('again'),
    projects: found[0].projects,
  };
}

/** The same files and projects without the plugin: targets that say everything and copy what ours made. */
async function makePeer(root, ours) {
  fs.cpSync(ours, root, {
    recursive: true,
    filter: (path) => !/\/(node_modules|\.nx|\.prism|dist|\.git)$/.test(path),
  });
  startWorkspace(root, {});
  linkModules(root);
  const graph = join(root, '..', 'graph.json');
  await nxOf(ours, { daemon: false })('graph', `--file=${graph}`);
  for (const { name, data } of Object.values(JSON.parse(fs.readFileSync(graph, 'utf8')).graph.nodes)) {
    const from = join(ours, 'dist', 'images', name);
    if (fs.existsSync(from)) fs.cpSync(from, join(root, 'made', name), { recursive: true });
    const { inputs, outputs, dependsOn } = data.targets['build-image'];
    const command = `mkdir -p dist/images/${name} && cp -r made/${name}/. dist/images/${name}`;
    const target = { command, cache: true, inputs, outputs, ...(dependsOn && { dependsOn }) };
    const compile = data.targets.compile && {
      command: 'true',
      cache: true,
      inputs: data.targets.compile.inputs,
    };
    const targets = { 'build-image': target, ...(compile && { compile }) };
    fs.writeFileSync(join(root, data.root, 'project.json'), JSON.stringify({ name, targets }));
  }
  await commit(root);
  return root;
}
