import * as fs from 'node:fs';
import { join } from 'node:path';
import { measure, table } from './lib/measure.mjs';
import { makeNothing } from './lib/nothing.mjs';
import { time } from './lib/process.mjs';
import {
  commit,
  linkModules,
  nxOf,
  packPlugin,
  startWorkspace,
  temporaryDirectory,
} from './lib/workspace.mjs';

const count = 200;
const goal = 1.1;

/**
 * `nx run-many -t bench -c sizes` over 200 components whose images are built, each with a budget, against as many cached tasks
 * of the same names that project.json defines, without plugin. A verdict is never cached, so Nx starts a process for the
 * batch: the same tasks of a batch executor that does nothing show what that costs, which no plugin can avoid.
 */
export async function sizesGate({ rounds = 7 }) {
  const directory = temporaryDirectory();
  const ours = await makeComponents(join(directory, 'ours'), await packPlugin(join(directory, 'packed')));
  const gate = nxOf(ours, { daemon: false });
  await gate('run-many', '-t', 'bench', '-c', 'sizes');
  const cached = { command: 'true', cache: true, inputs: ['{projectRoot}/hello'] };
  const peer = nxOf(await makePlain(join(directory, 'plain'), ours, cached), { daemon: false });
  await peer('run-many', '-t', 'bench');
  const nothing = makeNothing(join(directory, 'nothing'));
  const batched = { executor: 'prism:nothing', cache: false };
  const floor = nxOf(await makePlain(join(directory, 'floor'), ours, batched, nothing), { daemon: false });
  await floor('run-many', '-t', 'bench');
  const times = await measure(
    {
      prism: () => time(() => gate('run-many', '-t', 'bench', '-c', 'sizes')),
      floor: () => time(() => floor('run-many', '-t', 'bench')),
      nx: () => time(() => peer('run-many', '-t', 'bench')),
    },
    rounds,
    2,
  );
  return `budgets of size of ${count} components\n${table([
    ['bench -c sizes', times.prism, { to: 'nx without plugin', peer: times.nx, goal }],
    ['bench -c sizes', times.prism, { to: 'a batch that does nothing', peer: times.floor }],
    ['a batch that does nothing', times.floor, { to: 'nx without plugin', peer: times.nx }],
    ['as many cached tasks without plugin', times.nx],
  ])}`;
}

const nameOf = (index) => `c${String(index).padStart(3, '0')}`;

async function makeComponents(root, plugin) {
  startWorkspace(root, {
    plugins: ['prism'],
    targetDefaults: { 'prism:bench': { options: { maxSize: '10 MB' } } },
  });
  linkModules(root, plugin);
  for (let index = 0; index < count; index += 1) {
    const place = join(root, 'svc', nameOf(index));
    fs.mkdirSync(place, { recursive: true });
    fs.writeFileSync(join(place, 'Containerfile'), 'FROM scratch\nCOPY hello /hello\n');
    fs.writeFileSync(join(place, 'hello'), nameOf(index));
  }
  await commit(root);
  return root;
}

async function makePlain(root, ours, bench, plugin) {
  startWorkspace(root, {});
  linkModules(root, plugin);
  for (let index = 0; index < count; index += 1) {
    const name = nameOf(index);
    const place = join(root, 'svc', name);
    fs.mkdirSync(place, { recursive: true });
    fs.cpSync(join(ours, 'dist', 'images', name), join(place, 'image'), { recursive: true });
    const image = {
      command: `mkdir -p dist/images/${name} && cp -r svc/${name}/image/. dist/images/${name}`,
      cache: true,
      inputs: ['{projectRoot}/hello'],
      outputs: [`{workspaceRoot}/dist/images/${name}`],
    };
    const targets = { 'build-image': image, bench: { ...bench, dependsOn: ['build-image'] } };
    fs.writeFileSync(join(place, 'project.json'), JSON.stringify({ name, targets }));
    fs.writeFileSync(join(place, 'hello'), name);
  }
  await commit(root);
  return root;
}
