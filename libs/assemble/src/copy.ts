import { failed, imageFailure, ok, type Result } from '@prism-build/errors';
import type { Copy } from './copyRequest';
import { dropExcluded } from './excluded';
import { findItems, type Item } from './items';
import { type DirectoryNode, type Node, rootDirectory, type Tree } from './node';
import { findTarget, followPlace } from './target';
import { below, cleanPath, joinPath, makeDirectories, parentOf, putNode } from './tree';

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
    const put = placer(
      tree,
      { ...copy, ...(item.archive && { owner: undefined, mode: undefined }) },
      changed,
    );
    for (const [path, node] of listNodes(source, item, copy, name)) {
      const place = followPlace(tree, directory, path);
      if (place === undefined) return invalid(joinPath(directory, path));
      const named = name === undefined ? cleanPath(copy.destination) : parentOf(cleanPath(copy.destination));
      if (copy.link && place !== joinPath(named, path)) return refuseLink(copy, joinPath(named, path), place);
      makeDirectories(tree, parentOf(place), fresh, changed);
      put(place, node);
    }
  }
  return ok(undefined);
}

/** `--link` copies as if nothing were below: BuildKit then replaces a link on the way, other engines follow it. */
function refuseLink(copy: Copy, named: string, place: string): Result<never> {
  const what = `COPY --link to /${named} goes through a link to /${place}, which engines with --link replace and others follow`;
  const remedy = 'Name the place that the link leads to as the destination, or remove --link.';
  return failed(imageFailure('COPY_DESTINATION_INVALID', { what, remedy, at: copy.at }));
}

/** The nodes of an item by their paths below the directory that they go into. */
function* listNodes(
  source: Tree,
  item: Item,
  copy: Copy,
  name: string | undefined,
): Generator<[string, Node]> {
  const all = item.parents ?? item.archive;
  if (all) return yield* all;
  if (item.node.type !== 'directory') return yield [name ?? item.name, item.node];
  const start = item.path === '' ? 0 : item.path.length + 1;
  const inner = [...below(source, item.path)].map(([path, node]) => [path.slice(start), node] as const);
  for (const [path, node] of dropExcluded(inner, copy.excluded)) yield [path, node];
}

/** Puts nodes with the owner and the mode of the copy; nodes that were one object stay one (hard links). */
function placer(tree: Tree, copy: Copy, changed: Set<string>) {
  const placed = new Map<Node, Node>();
  return (path: string, node: Node): void => {
    const keeps = node.type === 'symlink' || copy.mode === undefined;
    const mode = keeps ? node.mode : copy.mode!(node.mode, node.type === 'directory');
    const made = placed.get(node) ?? { ...node, ...copy.owner, mode };
    if (node.type !== 'directory') placed.set(node, made);
    putNode(tree, path, made, changed);
  };
}
