import { posix } from 'node:path';

/** The lock beside a Containerfile; apart from its schema, so that inference loads no more than the name. */
const imagesLockName = 'images.lock.json';

/**
 * The lock of a Containerfile, relative to what that is relative to. A file that shares its directory with others
 * has one of its own: `worker.Containerfile.images.lock.json`.
 */
export function imagesLockPath(containerfile: string): string {
  const name = posix.basename(containerfile);
  const own = /^(Containerfile|Dockerfile)$/.test(name) ? '' : `${name}.`;
  return posix.join(posix.dirname(containerfile), `${own}${imagesLockName}`);
}
