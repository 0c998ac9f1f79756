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
const goal = 1.15;

/**
 * `nx run-many -t build-image` when nothing changed: components of our plugin, against the same number of cached
 * targets that project.json defines completely, with the same outputs and no plugin.
 */
export async function noop({ rounds = 7 }) {
  const directory = temporaryDirectory();
  const ours = await makeComponents(join(directory, 'ours'), await packPlugin(join(directory, 'packed')));
  await nxOf(ours, { daemon: false })('run-many', '-t', 'build-image');
  const plain = await makePlain(join(directory, 'plain'), ours);
  await nxOf(plain, { daemon: false })('run-many', '-t', 'build-image');
  const rows = [];
  for (const daemon of [false, true]) {
    const side = (root) => {
      const nx = nxOf(root, { daemon });
      return () => time(() => nx('run-many', '-t', 'build-image'));
    };
    const times = await measure({ prism: side(ours), nx: side(plain) }, rounds, 2);
    const state = daemon ? 'daemon on' : 'daemon off';
    rows.push([`prism, ${state}`, times.prism, { to: 'nx without plugin', peer: times.nx, goal }]);
    rows.push([`nx without plugin, ${state}`, times.nx]);
  }
  return `nothing to do for ${count} components\n${table(rows)}`;
}

const nameOf = (index) => `c${String(index).padStart(3, '0')}`;

async function makeComponents(root, plugin) {
  startWorkspace(root, { plugins: ['prism'] });
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

/** Targets that copy the plugin's outputs, so that outputs are equal in number and size. */
async function makePlain(root, ours) {
  startWorkspace(root, {});
  linkModules(root);
  for (let index = 0; index < count; index += 1) {
    const name = nameOf(index);
    const place = join(root, 'svc', name);
    fs.mkdirSync(place, { recursive: true });
    fs.cpSync(join(ours, 'dist', 'images', name), join(place, 'image'), { recursive: true });
    const target = {
      // Nx creates the directories of outputs before it runs a command.
      command: `mkdir -p dist/images/${name} && cp -r svc/${name}/image/. dist/images/${name}`,
      cache: true,
      inputs: ['{projectRoot}/hello'],
      outputs: [`{workspaceRoot}/dist/images/${name}`],
    };
    fs.writeFileSync(
      join(place, 'project.json'),
      JSON.stringify({ name, targets: { 'build-image': target } }),
    );
    fs.writeFileSync(join(place, 'hello'), name);
  }
  await commit(root);
  return root;
}
