import * as fs from 'node:fs';
import { join } from 'node:path';
import { measure, table } from './lib/measure.mjs';
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
 * of the same names that project.json defines, without plugin.
 */
export async function sizesGate({ rounds = 7 }) {
  const directory = temporaryDirectory();
  const ours = await makeComponents(join(directory, 'ours'), await packPlugin(join(directory, 'packed')));
  const gate = nxOf(ours, { daemon: false });
  await gate('run-many', '-t', 'bench', '-c', 'sizes');
  const plain = await makePlain(join(directory, 'plain'), ours);
  const peer = nxOf(plain, { daemon: false });
  await peer('run-many', '-t', 'bench');
  const times = await measure(
    {
      prism: () => time(() => gate('run-many', '-t', 'bench', '-c', 'sizes')),
      nx: () => time(() => peer('run-many', '-t', 'bench')),
    },
    rounds,
    2,
  );
  return `budgets of size of ${count} components\n${table([
    ['bench -c sizes', times.prism, { to: 'nx without plugin', peer: times.nx, goal }],
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

async function makePlain(root, ours) {
  startWorkspace(root, {});
  linkModules(root);
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
    const bench = {
      command: 'true',
      cache: true,
      inputs: ['{projectRoot}/hello'],
      dependsOn: ['build-image'],
    };
    fs.writeFileSync(
      join(place, 'project.json'),
      JSON.stringify({ name, targets: { 'build-image': image, bench } }),
    );
    fs.writeFileSync(join(place, 'hello'), name);
  }
  await commit(root);
  return root;
}
