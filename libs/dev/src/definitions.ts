import { posix } from 'node:path';

/** Files beside a Containerfile that define its image. */
const besides = [
  'project.json',
  'package.json',
  'images.lock.json',
  'rootfs.json',
  'rootfs.lock.json',
  'pin.json',
];
const ignores = ['.containerignore', '.dockerignore'];

/**
 * The files of a component after whose change nx must read the project again, because its targets, bases or plan may differ. The
 * lockfile of a language is no such file: the compile reads it.
 *
 * @param containerfile its path; all paths are relative to the workspace
 */
export function listDefinitions(containerfile: string, context: string): string[] {
  const beside = besides.map((name) => posix.join(posix.dirname(containerfile), name));
  return [containerfile, ...beside, ...ignores.map((name) => posix.join(context, name)), 'nx.json'];
}
