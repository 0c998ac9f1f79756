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

/** Where an image is published; that of a variant is a folder beside the blobs of the default image. */
export function imageDirectory(root: string, project: string, variant?: string): string {
  return join(root, 'dist', 'images', project, variant ?? '');
}

/** What of an image's directory is the image's own; the rest are directories of variants. */
export const imageParts = ['digest.json', 'blobs'] as const;

/** Tells an image from every other in names of files: a project's name has no `+`. */
export function imageKey(project: string, variant: string | undefined): string {
  return variant === undefined ? project : `${project}+${variant}`;
}

/** What is known of the files of an image's context, beside the work trees of its project. */
export function contextDigestsPath(
  { prism }: Directories,
  project: string,
  variant: string | undefined,
): string {
  return join(prism, 'work', project, `context${variant === undefined ? '' : `+${variant}`}.digests`);
}

export function lockPath(directories: Directories, name: string): string {
  return join(directories.prism, 'locks', `${name.replaceAll('/', '__')}.lock`);
}
