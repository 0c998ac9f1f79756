import { isDeepStrictEqual } from 'node:util';
import { applyLayer, type LayerEntry } from './base/applyLayer';
import type { Node, Tree } from './node';
import { baseName, joinPath, parentOf, withParents } from './tree';

/** What a container has of its engine: files that stand there while a command runs, and places to mount at. */
const engineTraces = [
  ...['dev', 'proc', 'sys', 'run/.containerenv', 'run/secrets', '.dockerenv'],
  ...['etc/hosts', 'etc/hostname', 'etc/resolv.conf', 'etc/mtab'],
];

/**
 * What a command changed in a tree, out of the layer that an engine made of it: as small as it can be said, equal for
 * every storage driver, without what the engine itself left (`targets`: where it mounted something). What is gone is
 * a whiteout (OCI image-spec, layer.md). Throws what `applyLayer` throws.
 */
export function listChanges(before: Tree, entries: readonly LayerEntry[], targets: readonly string[]): Tree {
  const after = applyLayer(before, entries);
  const traces = findTraces(before, after, [...engineTraces, ...targets]);
  return compareTrees(before, new Map([...after].filter(([path]) => !traces.has(path))));
}

/** Empty files and directories that were not there before, and parents that were made for them. */
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

/** Whether there is nothing in a file or a directory but `traces`. */
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
  for (const path of before.keys()) {
    const parent = parentOf(path);
    // What is gone with its directory, or below what is a file now, needs no word of its own.
    const stands = parent === '' || after.get(parent)?.type === 'directory';
    if (!after.has(path) && stands) changes.set(joinPath(parent, `.wh.${baseName(path)}`), gone);
  }
  return withParents(after, changes);
}

const gone: Node = {
  ...{ type: 'file', mode: 0o644, uid: 0, gid: 0 },
  content: { kind: 'bytes', bytes: new Uint8Array(0) },
};

/** Of files only the very object is the same: nobody read their bytes. */
function isSame(before: Node | undefined, after: Node): boolean {
  if (before === after) return true;
  return after.type !== 'file' && isDeepStrictEqual(before, after);
}
