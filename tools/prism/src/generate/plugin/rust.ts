import type { Tree } from '@nx/devkit';
import { failed, generateFailure, ok, type Result } from '@prism-build/errors';
import { imageName } from '@prism-build/workspace';
import { readManifest } from '../component/manifest';
import { renderTemplates } from '../shared/files';
import { readPrefix } from '../shared/names';
import { addPackage } from './cargoLock';
import { addMember, readCargoWorkspace } from './cargoWorkspace';
import type { Backend } from './options';
import type { RenderedPlugin } from './rendered';

const sdk = 'libs/plugin-sdk-rust';
/** Directories of plugins; cargo reads all their manifests. */
const plugins = 'plugins';

/** A plugin in Rust: a member of the Cargo workspace. Missing packages are added to the lock. */
export function rustPlugin(tree: Tree, name: string, backend: Backend): Result<RenderedPlugin> {
  const read = (path: string) => tree.read(path, 'utf-8') ?? undefined;
  const [manifest, lock] = ['Cargo.toml', 'Cargo.lock'].map(read);
  const missing = ['Cargo.toml', 'Cargo.lock', `${sdk}/Cargo.toml`].filter((path) => !tree.exists(path));
  if (manifest === undefined || lock === undefined || missing.length > 0)
    return failed(
      generateFailure('PLUGIN_SDK_MISSING', {
        what: 'there is no SDK for plugins in Rust in this workspace',
        why: `not here: ${missing.join(', ')}`,
      }),
    );
  const workspace = readCargoWorkspace(manifest);
  if (!workspace.ok) return workspace;
  const directory = `${plugins}/${name}`;
  const files = new Map(
    renderTemplates(['plugin/rust/common', `plugin/rust/${backend}`], directory, {
      name,
      backend,
      builder: imageName(readPrefix(tree), 'base-rust-builder'),
      crates: listCopied(workspace.value.members),
    }),
  );
  const own = readManifest(files.get(`${directory}/Cargo.toml`)!, `${directory}/Cargo.toml`);
  if (!own.ok) return own;
  const asked = new Set([...own.value.needs, ...own.value.developmentNeeds]);
  // A file of the template that locks the backend's own dependencies; it is not part of the plugin.
  const more = files.get(`${directory}/Cargo.lock`);
  files.delete(`${directory}/Cargo.lock`);
  const locked = addPackage(
    lock,
    { name: `plugin-${name}`, version: workspace.value.version, dependencies: [...asked] },
    more,
  );
  if (!locked.ok) return locked;
  const edits = new Map([
    ['Cargo.toml', addMember(manifest, workspace.value, directory)],
    ['Cargo.lock', locked.value],
  ]);
  return ok({ files, edits });
}

/** Cargo reads the manifest of every member. Of other files, the compile stage keeps those that rustc reads. */
function listCopied(members: readonly string[]): string[] {
  const others = members.filter((one) => !one.startsWith(`${plugins}/`));
  const outermost = others.filter((one) => !others.some((other) => one.startsWith(`${other}/`)));
  return [...outermost, plugins].sort();
}
