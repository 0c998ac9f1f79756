import { isDeepStrictEqual } from 'node:util';
import { parentOf } from '@prism-build/containerfile';
import { applyLayer, type LayerEntry } from './base/applyLayer';
import type { Node, Tree } from './node';
import { baseName, joinPath, withParents } from './tree';

/** Paths that an engine adds to a container: files that exist while a command runs, and mount points. */
const engineTraces = [
  ...['dev', 'proc', 'sys', 'run/.containerenv', 'run/secrets', '.dockerenv'],
  ...['etc/hosts', 'etc/hostname', 'etc/resolv.conf', 'etc/mtab'],
];

/**
 * The changes of a command, from the layer that an engine made. Minimal, equal for every storage driver, and without the
 * paths that the engine itself added (`targets`: its mount points). Removed paths are whiteouts (OCI image-spec,
 * layer.md). Throws like `applyLayer`.
 */
export function listChanges(before: Tree, entries: readonly LayerEntry[], targets: readonly string[]): Tree {
  const after = applyLayer(before, entries);
  const traces = findTraces(before, after, [...engineTraces, ...targets]);
  return compareTrees(before, new Map([...after].filter(([path]) => !traces.has(path))));
}

/** New empty files and directories, and the parents that were created for them. */
function findTraces(before: Tree, after: Tree, paths: readonly string[]): ReadonlySet<string> {
  const traces = new Set<string>();
  for (const path of paths) {
    for (let at = path; at !== '' && !before.has(at); at = parentOf(at)) {
      const node = after.get(at);
      if (node === undefined) continue;
      if (!isEmpty(after, at, node, traces)) break;
      traces.add(at);
    }
  }
  return traces;
}

/** Whether a file is empty, or a directory has no entries other than `traces`. */
function isEmpty(tree: Tree, path: string, node: Node, traces: ReadonlySet<string>): boolean {
  if (node.type === 'file') return node.content.kind === 'file' && node.content.size === 0;
  // Podman links /etc/mtab to /proc/mounts.
  if (node.type === 'symlink') return path === 'etc/mtab';
  if (node.type !== 'directory') return false;
  for (const inner of tree.keys()) if (inner.startsWith(`${path}/`) && !traces.has(inner)) return false;
  return true;
}

function compareTrees(before: Tree, after: Tree): Tree {
  const changes = new Map<string, Node>();
  for (const [path, node] of after) if (!isSame(before.get(path), node)) changes.set(path, node);
  for (const [path, node] of listWhiteouts(after, before.keys())) changes.set(path, node);
  return withParents(after, changes);
}

/** Whiteouts of the paths that a tree does not have (OCI image-spec, layer.md). */
export function* listWhiteouts(after: Tree, paths: Iterable<string>): Generator<[string, Node]> {
  for (const path of paths) {
    const parent = parentOf(path);
    // The whiteout of the parent, or the file that replaced it, already covers this path.
    const stands = parent === '' || after.get(parent)?.type === 'directory';
    if (!after.has(path) && stands) yield [joinPath(parent, `.wh.${baseName(path)}`), gone];
  }
}

const gone: Node = {
  ...{ type: 'file', mode: 0o644, uid: 0, gid: 0 },
  content: { kind: 'bytes', bytes: new Uint8Array(0) },
};

/** Compares files by identity; contents are not read. */
function isSame(before: Node | undefined, after: Node): boolean {
  if (before === after) return true;
  return after.type !== 'file' && isDeepStrictEqual(before, after);
}
