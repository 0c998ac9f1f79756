import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const repository = join(__dirname, '..', '..');
const modules = join(repository, 'node_modules');
const plugin = join(repository, 'tools', 'prism');

let packed: string | undefined;

/** The plugin as it is now, compiled once a test file: whoever edits its sources meanwhile changes no running test. */
function packPlugin(): string {
  if (packed) return packed;
  packed = fs.mkdtempSync(join(fs.realpathSync(tmpdir()), 'prism-plugin-'));
  fs.symlinkSync(modules, join(packed, 'node_modules'));
  const directory = join(packed, 'prism');
  for (const name of fs
    .readdirSync(plugin)
    .filter((one) => /\.(json|cjs)$|^schema$|^templates$|^as-in-/.test(one)))
    fs.cpSync(join(plugin, name), join(directory, name), { recursive: true });
  require(join(plugin, 'compile.cjs'))(join(plugin, 'src'), join(directory, 'dist'));
  return packed;
}

export function removePlugin(): void {
  if (packed) fs.rmSync(packed, { recursive: true, force: true });
  packed = undefined;
}

/** Makes `node_modules` of a workspace: the repository's packages, and the plugin as packed or as given. */
export function linkModules(root: string, prism = join(packPlugin(), 'prism')): void {
  const target = join(root, 'node_modules');
  fs.mkdirSync(target);
  for (const name of fs.readdirSync(modules)) {
    if (name !== 'prism' && name !== '@prism-build') fs.symlinkSync(join(modules, name), join(target, name));
  }
  fs.symlinkSync(prism, join(target, 'prism'));
  const own = join(root, 'libs');
  if (!prism.startsWith(root)) return;
  fs.mkdirSync(join(target, '@prism-build'));
  for (const name of fs.readdirSync(join(modules, '@prism-build')))
    fs.symlinkSync(join(own, name), join(target, '@prism-build', name));
}
