import { cpSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { makeDirectory } from './directory';
import { run, tryRun } from './run';
import { gitEnvironment, snapshot } from './snapshot';
import { components, nxEnvironment, root } from './workspace';

export interface CloneOptions {
  readonly umask?: string;
  /** Owner of the clone, uid:gid. */
  readonly owner?: string;
}

/**
 * A clone of the work tree in its own directory, with the installed npm packages. They are hard links, because
 * node_modules is only read.
 */
export async function makeClone(name: string, { umask = '022', owner }: CloneOptions = {}): Promise<string> {
  const parent = makeDirectory('clone');
  await run(['chmod', '0755', parent]);
  const at = join(parent, name);
  const script = `umask ${umask} && exec git clone --quiet --no-hardlinks "$0" "$1"`;
  await run(['sh', '-c', script, await snapshot(), at], { env: gitEnvironment });
  if (owner) await run(['chown', '-R', owner, parent]);
  // A library may have its own packages, in other versions than the root's.
  const nested = ['libs', 'tools'].flatMap((group) =>
    readdirSync(join(root, group)).map((name) => join(group, name, 'node_modules')),
  );
  for (const modules of ['node_modules', ...nested].filter((path) => existsSync(join(root, path)))) {
    const from = join(root, modules);
    const to = join(at, modules);
    if ((await tryRun(['cp', '-al', from, to])).code === 0) continue;
    // Another file system, or files of another user, need real copies.
    await run(['rm', '-rf', to]);
    await run(['cp', '-a', from, to]);
  }
  return at;
}

/** Nx with the clone's own cache: by default, all clones of a repository share one in the user's home. */
export function ownCaches(clone: string): NodeJS.ProcessEnv {
  return {
    ...nxEnvironment,
    NX_CACHE_DIRECTORY: join(clone, '.nx/cache'),
    NX_WORKSPACE_DATA_DIRECTORY: join(clone, '.nx/workspace-data'),
  };
}

/** Gives a clone the workspace's compile results, as if compiled there: these tests do not test the compiler. */
export function takeCompiled(clone: string): void {
  for (const { project } of components) {
    const journal = join('.prism/work', project, 'compiled.json');
    mkdirSync(join(clone, journal, '..'), { recursive: true });
    cpSync(join(root, journal), join(clone, journal));
    const output = join('dist/compile', project);
    cpSync(join(root, output), join(clone, output), { recursive: true });
  }
}
