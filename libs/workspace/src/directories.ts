import { join, resolve } from 'node:path';

/** The directories that the plugin writes to, as absolute paths. */
export interface Directories {
  readonly root: string;
  /** Content store, work trees and locks. May be deleted; builds then repeat the work. */
  readonly prism: string;
  readonly store: string;
  /** Compilers' caches and fetched dependencies. Clones can share it by PRISM_CACHE_DIR. */
  readonly cache: string;
  /** The audit log. Nothing removes it. */
  readonly audit: string;
}

/** The directories of a workspace. `PRISM_DIR`, `PRISM_CACHE_DIR` and `PRISM_AUDIT_DIR` override those below `.prism`. */
export function directoriesOf(root: string, env: NodeJS.ProcessEnv): Directories {
  const prism = resolve(root, env.PRISM_DIR || '.prism');
  return {
    root,
    prism,
    store: join(prism, 'store'),
    cache: env.PRISM_CACHE_DIR ? resolve(root, env.PRISM_CACHE_DIR) : join(prism, 'cache'),
    audit: env.PRISM_AUDIT_DIR ? resolve(root, env.PRISM_AUDIT_DIR) : join(prism, 'audit'),
  };
}

export function compileDirectory(root: string, project: string): string {
  return join(root, 'dist', 'compile', project);
}

/** The directory of an image. A variant's is a subdirectory of the default image's. */
export function imageDirectory(root: string, project: string, variant?: string): string {
  return join(root, 'dist', 'images', project, variant ?? '');
}

/** The entries of an image's directory that belong to the image; all others are directories of variants. */
export const imageParts = ['digest.json', 'blobs'] as const;

/** A name for files of an image. Unique, because a project's name has no `+`. */
export function imageKey(project: string, variant: string | undefined): string {
  return variant === undefined ? project : `${project}+${variant}`;
}

/** The file with the digests of an image's context. */
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
