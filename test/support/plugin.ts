import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const repository = join(__dirname, '..', '..');
/** PRISM_TEST_MODULES: a node_modules with another version of Nx, and what the plugin depends on. */
const modules = process.env.PRISM_TEST_MODULES ?? join(repository, 'node_modules');

/**
 * The plugin with its current sources, packed once for all test files, so editing the sources does not change a
 * running test. Workers that pack at the same time make equal directories; one of them is kept.
 */
function packPlugin(): string {
  const place = join(
    fs.realpathSync(tmpdir()),
    `prism-plugin-${process.getuid?.() ?? 0}-${stateOfSources()}`,
  );
  if (fs.existsSync(place)) return place;
  const packed = fs.mkdtempSync(`${place}-`);
  fs.chmodSync(packed, 0o755);
  fs.symlinkSync(modules, join(packed, 'node_modules'));
  require(join(repository, 'tools', 'prism', 'makePackage.cjs'))(join(packed, 'prism'));
  try {
    fs.renameSync(packed, place);
  } catch {
    fs.rmSync(packed, { recursive: true });
  }
  return place;
}

/** Digest of the files that a package is made from. */
function stateOfSources(): string {
  const hash = createHash('sha256').update(repository).update(modules);
  for (const place of ['tools/prism', 'containerfiles', 'libs'].map((name) => join(repository, name))) {
    for (const entry of fs.readdirSync(place, { recursive: true, withFileTypes: true })) {
      const file = join(entry.parentPath, entry.name);
      if (!entry.isFile() || /\/(node_modules|dist|test|gen)\//.test(file)) continue;
      hash.update(`${file}\0`).update(fs.readFileSync(file));
    }
  }
  return hash.digest('hex').slice(0, 16);
}

/** Makes `node_modules` of a workspace: the repository's packages, and the packed or given plugin. */
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
  for (const name of fs.readdirSync(join(repository, 'node_modules', '@prism-build')))
    fs.symlinkSync(join(own, name), join(target, '@prism-build', name));
}
