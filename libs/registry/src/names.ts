import { posix } from 'node:path';

/** The name of the lock beside a Containerfile. In its own file, so that inference does not load the schema. */
const imagesLockName = 'images.lock.json';

/**
 * The path of the lock of a Containerfile, relative like the given path. A Containerfile that shares its directory with
 * others has its own lock: `worker.Containerfile.images.lock.json`.
 */
export function imagesLockPath(containerfile: string): string {
  const name = posix.basename(containerfile);
  const own = /^(Containerfile|Dockerfile)$/.test(name) ? '' : `${name}.`;
  return posix.join(posix.dirname(containerfile), `${own}${imagesLockName}`);
}
