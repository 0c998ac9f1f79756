import * as fs from 'node:fs';
import { join } from 'node:path';
import { measure, median, table } from './lib/measure.mjs';
import { makeMonorepo } from './lib/monorepo.mjs';
import { environment, run, time } from './lib/process.mjs';
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
 * A monorepo of many components: the additional cost of inference compared with Nx and the same number of projects
 * that project.json defines completely, and a `run-many` with nothing to do. A plugin that reads the same nodes from
 * one file shows Nx's own cost for them. `--size=100,1000` sets the numbers of components.
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
  const same = await makeSame(join(directory, 'same'), ours, plugin);

  const show = (root) => nxOf(root, { daemon: false })('show', 'projects');
  const cold = (root) => () => {
    fs.rmSync(join(root, '.nx', 'data'), { recursive: true, force: true });
    return time(() => show(root));
  };
  const warm = (root) => () => time(() => show(root));
  const noop = (root) => () => time(() => nxOf(root, { daemon: false })(...builds));
  const daemons = new Map([ours, same, peer].map((root) => [root, nxOf(root, { daemon: true })]));
  const daemon = (root) => () => time(() => daemons.get(root)('show', 'projects'));
  const edited = (root) => () => {
    fs.appendFileSync(join(root, 'libs/l0/f0.go'), '// edited\n');
    return daemon(root)();
  };
  const sides = {
    cold: await measure({ prism: cold(ours), same: cold(same), nx: cold(peer) }, rounds),
    warm: await measure({ prism: warm(ours), same: warm(same), nx: warm(peer) }, rounds),
    noop: await measure({ prism: noop(ours), nx: noop(peer) }, rounds),
    daemon: await measure({ prism: daemon(ours), same: daemon(same), nx: daemon(peer) }, rounds),
    edited: await measure({ prism: edited(ours), same: edited(same), nx: edited(peer) }, rounds),
  };
  for (const nx of daemons.values()) await nx('daemon', '--stop');
  const rows = Object.entries(sides).flatMap(([what, { prism, same: nodes, nx }]) => {
    const goal = { to: 'nx with project.json', peer: nx, goal: goals.noop };
    return [
      [`${names[what]}, prism`, prism, ...(what === 'noop' ? [goal] : [])],
      ...(nodes ? [[`${names[what]}, a plugin that has the same nodes`, nodes]] : []),
      [`${names[what]}, nx with project.json`, nx],
    ];
  });
  const inference = await inferAlone(ours, plugin, rounds);
  const over = (what, side) => median(sides[what][side].map((value, round) => value - sides[what].nx[round]));
  const lines = [
    ...['cold', 'warm', 'daemon', 'edited'].map(
      (what) =>
        `${names[what]}: ${compare(over(what, 'prism'), goals[what] ?? goals.warm, count)} over nx, of which the nodes cost ${over(what, 'same').toFixed(0)} ms in nx itself`,
    ),
    `the plugin alone, in a fresh process: loads in ${inference.load}, infers ${inference.projects} projects in ${inference.cold}, with a memory in ${inference.warm}`,
    `the floor of both: the ${inference.paths} places that decide it (${inference.directories} directories) looked at once in ${inference.look}, and read or listed once in ${inference.read}`,
    `git instead: compares its tracked files in ${inference.compare}, and lists the others in ${inference.others}`,
  ];
  return `${count} components\n${table(rows)}${lines.map((line) => `  ${line}\n`).join('')}`;
}

const names = {
  cold: 'show projects, no graph',
  warm: 'show projects again',
  noop: 'nothing to build',
  daemon: 'show projects, daemon',
  edited: 'show projects, daemon, a file edited',
};

/** Goals are stated for 1,000 components and scale proportionally. */
function compare(milliseconds, goal, count) {
  const wanted = (goal * count) / 1000;
  return `${milliseconds.toFixed(0)} ms (goal ≤ ${wanted.toFixed(0)}: ${milliseconds <= wanted ? 'met' : 'MISSED'})`;
}

const inferScript = join(import.meta.dirname, 'lib', 'infer.cjs');
const floorScript = join(import.meta.dirname, 'lib', 'floor.cjs');

async function inferAlone(root, plugin, rounds) {
  const data = join(root, '..', 'data');
  const env = environment({ NX_WORKSPACE_DATA_DIRECTORY: data });
  const measureIn = async (script, ...args) =>
    JSON.parse(await run([process.execPath, script, root, ...args], { cwd: root, env }));
  const infer = () => measureIn(inferScript, plugin);
  const found = [];
  // The first run writes V8's code cache.
  for (let round = -1; round < rounds; round += 1) {
    fs.rmSync(data, { recursive: true, force: true });
    fs.mkdirSync(data);
    const cold = await infer();
    const warm = await infer();
    const floor = await measureIn(floorScript, join(data, 'prism-projects.json'));
    if (round >= 0)
      found.push({ cold: cold.infer, warm: warm.infer, load: warm.load, projects: warm.projects, ...floor });
  }
  const middle = (name) => `${median(found.map((one) => one[name])).toFixed(1)} ms`;
  return {
    load: middle('load'),
    cold: middle('cold'),
    warm: middle('warm'),
    look: middle('look'),
    read: middle('read'),
    compare: middle('compare'),
    others: middle('others'),
    projects: found[0].projects,
    paths: found[0].paths,
    directories: found[0].directories,
  };
}

/** The same workspace with a plugin that reads all nodes of ours from one file and does nothing else. */
async function makeSame(root, ours, plugin) {
  const stub = join(root, '..', 'stub', 'prism');
  fs.cpSync(plugin, stub, { recursive: true });
  fs.copyFileSync(join(import.meta.dirname, 'lib', 'sameNodes.cjs'), join(stub, 'load.cjs'));
  const env = environment({ NX_WORKSPACE_DATA_DIRECTORY: join(ours, '.nx', 'data') });
  await run([process.execPath, inferScript, ours, plugin, join(stub, 'nodes.json')], { cwd: ours, env });
  copyWorkspace(root, ours);
  linkModules(root, stub);
  await commit(root);
  return root;
}

/**
 * The same files and projects without the plugin: project.json defines the targets completely, and they copy our
 * outputs.
 */
async function makePeer(root, ours) {
  copyWorkspace(root, ours);
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
    fs.writeFileSync(
      join(root, data.root, 'project.json'),
      JSON.stringify({ name, namedInputs: data.namedInputs, targets }),
    );
  }
  await commit(root);
  return root;
}

function copyWorkspace(root, ours) {
  fs.cpSync(ours, root, {
    recursive: true,
    filter: (path) => !/\/(node_modules|\.nx|\.prism|dist|\.git)$/.test(path),
  });
}
