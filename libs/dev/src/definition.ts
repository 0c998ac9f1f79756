const names = new Set([
  'project.json',
  'package.json',
  'nx.json',
  'stack.yaml',
  'pin.json',
  'images.lock.json',
  'rootfs.json',
  'rootfs.lock.json',
  '.containerignore',
  '.dockerignore',
]);

/**
 * Whether nx must read the project again after a change of this file, because its targets, bases or plan may differ. The
 * lockfile of a language is no such file: the compile reads it.
 *
 * @param containerfile its path; both are relative to the workspace
 */
export function isDefinition(path: string, containerfile: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return path === containerfile || names.has(name) || /(^|\.)(Containerfile|Dockerfile)(\.|$)/.test(name);
}
