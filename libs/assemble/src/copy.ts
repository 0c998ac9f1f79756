import { failed, imageFailure, ok, type Result } from '@prism-build/errors';
import type { Copy } from './copyRequest';
import { findItems, type Item } from './items';
import { type DirectoryNode, type Node, rootDirectory, type Tree } from './node';
import { findTarget, followPlace } from './target';
import type { ArchiveEntry } from './tarTree';
import { below, joinPath, makeDirectories, parentOf, putNode } from './tree';

/**
 * Copies as `podman build` does: a directory gives its content, a file goes into a destination that is a
 * directory or ends with a slash, links on the way are followed inside the image. Names what changed.
 */
export function copyInto(tree: Tree, source: Tree, copy: Copy, changed: Set<string>): Result<void> {
  const items = findItems(source, copy);
  return items.ok ? placeItems(tree, source, copy, items.value, changed) : items;
}

/** The second half of a copy: puts what was found where it belongs. */
export function placeItems(
  tree: Tree,
  source: Tree,
  copy: Copy,
  items: readonly Item[],
  changed: Set<string>,
): Result<void> {
  const fresh: DirectoryNode = { ...rootDirectory, ...copy.owner };
  const target = findTarget(tree, copy, items);
  if (!target.ok) return target;
  const { directory, name } = target.value;
  makeDirectories(tree, directory, fresh, changed);
  const invalid = (path: string) => {
    const what = `/${path} cannot be made: a part of its path is a file, or a link that leads nowhere`;
    return failed(imageFailure('COPY_DESTINATION_INVALID', { what, at: copy.at }));
  };
  for (const item of items) {
    const base = copy.parents ? joinPath(directory, parentOf(item.path)) : directory;
    const put = placer(
      tree,
      { ...copy, ...(item.archive && { owner: undefined, mode: undefined }) },
      changed,
    );
    for (const entry of listEntries(source, item, copy, name)) {
      const place = followPlace(tree, base, entry.path);
      if (place === undefined) return invalid(joinPath(base, entry.path));
      makeDirectories(tree, parentOf(place), fresh, changed);
      if ('node' in entry) {
        put(place, entry.node);
        continue;
      }
      // A hard link of an archive is one to what stands there now, whoever put it there.
      const target = followPlace(tree, base, entry.linkTo);
      const linked = target === undefined ? undefined : tree.get(target);
      if (!linked || linked.type === 'directory') {
        const what = `the archive ${item.path} cannot be unpacked: ${entry.path} is a hard link to nothing (${entry.linkTo})`;
        return failed(imageFailure('ARCHIVE_INVALID', { what, at: copy.at }));
      }
      if (target === place) continue;
      putNode(tree, place, linked, changed);
      // Names of one file are links of each other only within a layer.
      changed.add(target!);
    }
  }
  return ok(undefined);
}

/** The entries of an item by their paths below the directory that they go into. */
function* listEntries(
  source: Tree,
  item: Item,
  copy: Copy,
  name: string | undefined,
): Generator<ArchiveEntry> {
  if (item.archive) return yield* item.archive;
  if (item.node.type !== 'directory') return yield { path: name ?? item.name, node: item.node };
  const inner = copy.parents ? item.name : '';
  if (copy.parents) yield { path: inner, node: item.node };
  for (const [path, node] of [...below(source, item.path)]) {
    if (copy.excluded?.(path, node.type === 'directory')) continue;
    yield { path: joinPath(inner, item.path === '' ? path : path.slice(item.path.length + 1)), node };
  }
}

/** Puts nodes with the owner and the mode of the copy; nodes that were one object stay one (hard links). */
function placer(tree: Tree, copy: Copy, changed: Set<string>) {
  const placed = new Map<Node, Node>();
  return (path: string, node: Node): void => {
    const mode = node.type === 'symlink' ? node.mode : (copy.mode ?? node.mode);
    const made = placed.get(node) ?? { ...node, ...copy.owner, mode };
    if (node.type !== 'directory') placed.set(node, made);
    putNode(tree, path, made, changed);
  };
}
