import { join, resolve } from 'node:path';

/** Every place that the plugin writes to; all absolute. */
export interface Directories {
  readonly root: string;
  /** Content store, work trees, locks: everything here can be deleted, at the price of doing it again. */
  readonly prism: string;
  readonly store: string;
  /** Compilers' caches and fetched dependencies; PRISM_CACHE_DIR shares them between clones. */
  readonly cache: string;
}

/** `PRISM_DIR` and `PRISM_CACHE_DIR` move the defaults `.prism` and `.prism/cache` of the workspace. */
export function directoriesOf(root: string, env: NodeJS.ProcessEnv): Directories {
  const prism = resolve(root, env.PRISM_DIR || '.prism');
  return {
    root,
    prism,
    store: join(prism, 'store'),
    cache: env.PRISM_CACHE_DIR ? resolve(root, env.PRISM_CACHE_DIR) : join(prism, 'cache'),
  };
}

export function compileDirectory(root: string, project: string): string {
  return join(root, 'dist', 'compile', project);
}

export function imageDirectory(root: string, project: string): string {
  return join(root, 'dist', 'images', project);
}

export function lockPath(directories: Directories, name: string): string {
  return join(directories.prism, 'locks', `${name.replaceAll('/', '__')}.lock`);
}
