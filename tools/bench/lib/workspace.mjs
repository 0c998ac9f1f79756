import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onEnd } from './cleanup.mjs';
import { environment, run } from './process.mjs';

const require = createRequire(import.meta.url);
export const repository = join(import.meta.dirname, '..', '..', '..');
/** Compilers' caches are shared with the repository: the benchmarks measure a warm machine. */
export const cache = process.env.PRISM_CACHE_DIR ?? join(repository, '.prism', 'cache');

/** A directory that is removed at the end. `fixed` names one whose path must be the same for all runs. */
export function temporaryDirectory(fixed) {
  const base = fs.realpathSync(tmpdir());
  // Lower-case letters only: ko uses the path of a layout as the name of an image.
  const directory = join(base, fixed ?? `prism-bench-${randomBytes(5).toString('hex')}`);
  if (fs.existsSync(directory)) throw new Error(`another run uses ${directory}; if there is none, remove it`);
  fs.mkdirSync(directory, { mode: 0o700 });
  onEnd(() => fs.rmSync(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }));
  return directory;
}

/**
 * A repository with the current work tree, including uncommitted changes, and with the plugin as a package, as users
 * install it.
 */
export async function copyRepository(directory) {
  const listed = await run(['git', 'ls-files', '-co', '--exclude-standard', '-z'], { cwd: repository });
  for (const file of listed.split('\0').filter((one) => one && fs.existsSync(join(repository, one)))) {
    fs.mkdirSync(dirname(join(directory, file)), { recursive: true });
    fs.cpSync(join(repository, file), join(directory, file), { verbatimSymlinks: true });
  }
  linkModules(directory, await packPlugin(`${directory}-packed`));
  fs.mkdirSync(join(directory, 'node_modules', '@prism-build'));
  for (const name of fs.readdirSync(join(directory, 'libs'))) {
    const nested = join(repository, 'libs', name, 'node_modules');
    if (fs.existsSync(nested)) fs.symlinkSync(nested, join(directory, 'libs', name, 'node_modules'));
    fs.symlinkSync(join(directory, 'libs', name), join(directory, 'node_modules', '@prism-build', name));
  }
  await commit(directory);
}

/** The plugin as a package holds it: compiled, without sources. */
export function packPlugin(directory) {
  const packed = join(directory, 'prism');
  fs.mkdirSync(directory, { recursive: true });
  fs.symlinkSync(join(repository, 'node_modules'), join(directory, 'node_modules'));
  require('../../prism/makePackage.cjs')(packed);
  return packed;
}

/** A directory of links. If node_modules were a link itself, `node_modules/` in .gitignore would not match it. */
export function linkModules(directory, prism) {
  const target = join(directory, 'node_modules');
  fs.mkdirSync(target);
  for (const name of fs.readdirSync(join(repository, 'node_modules'))) {
    if (name === 'prism' || name === '@prism-build' || name === '.cache') continue;
    fs.symlinkSync(join(repository, 'node_modules', name), join(target, name));
  }
  if (prism) fs.symlinkSync(prism, join(target, 'prism'));
}

/** The files of an empty workspace, with `settings` in nx.json. */
export function startWorkspace(root, settings) {
  fs.mkdirSync(root, { recursive: true });
  fs.writeFileSync(join(root, 'nx.json'), JSON.stringify({ analytics: false, ...settings }));
  fs.writeFileSync(
    join(root, 'package.json'),
    JSON.stringify({ name: 'bench', version: '0.0.0', private: true }),
  );
  fs.writeFileSync(join(root, '.gitignore'), 'node_modules/\ndist/\n.nx/\n.prism/\n');
  // As in the repository, and on both sides, so that Nx's own plugins are not isolated either.
  fs.writeFileSync(join(root, '.env'), 'NX_ISOLATE_PLUGINS=false\n');
}

export async function commit(directory) {
  const git = (...args) =>
    run(['git', '-c', 'user.name=bench', '-c', 'user.email=bench@localhost', ...args], { cwd: directory });
  await git('init', '-q', '-b', 'main');
  await git('add', '-A');
  await git('commit', '-qm', 'bench');
}

/** Nx in a workspace, with the workspace's own caches. Stops a daemon at the end. */
export function nxOf(directory, { daemon, more = {} }) {
  const env = environment({
    NX_DAEMON: String(daemon),
    NX_TUI: 'false',
    NX_CACHE_DIRECTORY: join(directory, '.nx', 'cache'),
    NX_WORKSPACE_DATA_DIRECTORY: join(directory, '.nx', 'data'),
    PRISM_CACHE_DIR: cache,
    ...more,
  });
  const bin = join(directory, 'node_modules', 'nx', 'dist', 'bin', 'nx.js');
  const nx = (...args) => run([process.execPath, bin, ...args], { cwd: directory, env });
  if (daemon) onEnd(() => fs.existsSync(directory) && nx('daemon', '--stop'));
  return nx;
}
