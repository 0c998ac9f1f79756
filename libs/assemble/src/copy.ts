import { parentOf } from '@prism-build/containerfile';
import { failed, imageFailure, ok, type Place, type Result } from '@prism-build/errors';
import type { Copy } from './copyRequest';
import { type ChangedTree, Draft } from './draft';
import { dropExcluded } from './excluded';
import { findItems, type Item } from './items';
import { contextPipe, type DirectoryNode, type Node, rootDirectory, type Tree } from './node';
import { findTarget, followPlace } from './target';
import type { ArchiveEntry } from './tarTree';
import { entriesBelow, joinPath, toTreePath } from './tree';

/**
 * Copies as `podman build` does: a directory gives its content, a file goes into a destination that is a
 * directory or ends with a slash, links on the way are followed inside the image.
 */
export function copyInto(tree: Tree, source: Tree, copy: Copy): Result<ChangedTree> {
  const items = findItems(source, copy);
  return items.ok ? placeItems(tree, source, copy, items.value) : items;
}

/** In a layer, such a name means that a path of the layers below is gone (OCI image-spec, layer.md). */
function refuseWhiteout(path: string, { at }: Copy) {
  const what = `/${path} would be a whiteout: in a layer, a name with .wh. at its start removes other files`;
  return failed(imageFailure('PATH_IS_WHITEOUT', { what, at }));
}

/** Buildah copies a pipe of the context, BuildKit leaves it out, and no cache key covers it. */
export function refusePipe(path: string, at: Place): Result<never> {
  const what = `${path} would be a named pipe, which Buildah copies and BuildKit does not`;
  return failed(imageFailure('COPY_SOURCE_PIPE', { what, at }));
}

/** The second half of a copy: puts the items that were found into the tree. */
export function placeItems(
  tree: Tree,
  source: Tree,
  copy: Copy,
  items: readonly Item[],
): Result<ChangedTree> {
  const fresh: DirectoryNode = { ...rootDirectory, ...copy.owner };
  const target = findTarget(tree, copy, items);
  if (!target.ok) return target;
  const { directory, name } = target.value;
  const draft = new Draft(tree);
  draft.makeDirectories(directory, fresh);
  const invalid = (path: string) => {
    const what = `/${path} cannot be made: a part of its path is a file, or a link that leads nowhere`;
    return failed(imageFailure('COPY_DESTINATION_INVALID', { what, at: copy.at }));
  };
  for (const item of items) {
    const own = makeOwn(item.archive ? {} : copy);
    for (const entry of listEntries(source, item, copy, name)) {
      const place = followPlace(draft.tree, directory, entry.path);
      if (place === undefined) return invalid(joinPath(directory, entry.path));
      if (`/${place}`.includes('/.wh.')) return refuseWhiteout(place, copy);
      const named =
        name === undefined ? toTreePath(copy.destination) : parentOf(toTreePath(copy.destination));
      if (copy.link && place !== joinPath(named, entry.path))
        return refuseLink(copy, joinPath(named, entry.path), place);
      draft.makeDirectories(parentOf(place), fresh);
      if ('node' in entry && entry.node === contextPipe) return refusePipe(`/${place}`, copy.at);
      if ('node' in entry) {
        draft.put(place, own(entry.node));
        continue;
      }
      // A hard link in an archive links to the file that the image has at that path now.
      const target = followPlace(draft.tree, directory, entry.linkTo);
      const linked = target === undefined ? undefined : draft.tree.get(target);
      // The link replaces the directory that holds its target, so the target is gone.
      if (!linked || linked.type === 'directory' || target!.startsWith(`${place}/`)) {
        const what = `the archive ${item.path} cannot be unpacked: ${entry.path} is a hard link to nothing (${entry.linkTo})`;
        return failed(imageFailure('ARCHIVE_INVALID', { what, at: copy.at }));
      }
      if (target === place) continue;
      draft.put(place, linked);
      // Hard links exist only within one layer.
      draft.put(target!, linked);
    }
  }
  return ok(draft);
}

/** With `--link`, BuildKit replaces a symbolic link on the way to the destination; other engines follow it. */
function refuseLink(copy: Copy, named: string, place: string): Result<never> {
  const what = `COPY --link to /${named} goes through a link to /${place}, which engines with --link replace and others follow`;
  const remedy = 'Name the place that the link leads to as the destination, or remove --link.';
  return failed(imageFailure('COPY_DESTINATION_INVALID', { what, remedy, at: copy.at }));
}

/** The entries of an item by their paths below the directory that they go into. */
function* listEntries(
  source: Tree,
  item: Item,
  copy: Copy,
  name: string | undefined,
): Generator<ArchiveEntry> {
  if (item.archive) return yield* item.archive;
  if (item.parents) {
    for (const [path, node] of item.parents) yield { path, node };
    return;
  }
  if (item.node.type !== 'directory') return yield { path: name ?? item.name, node: item.node };
  const start = item.path === '' ? 0 : item.path.length + 1;
  const inner = [...entriesBelow(source, item.path)].map(
    ([path, node]) => [path.slice(start), node] as const,
  );
  for (const [path, node] of dropExcluded(inner, copy.excluded)) yield { path, node };
}

/** Gives nodes the owner and the mode of the copy. Hard links stay one object. */
function makeOwn({ owner, mode: change }: Pick<Copy, 'owner' | 'mode'>): (node: Node) => Node {
  const made = new Map<Node, Node>();
  return (node) => {
    const mode =
      node.type === 'symlink' || !change ? node.mode : change(node.mode, node.type === 'directory');
    const own = made.get(node) ?? { ...node, ...owner, mode };
    if (node.type !== 'directory') made.set(node, own);
    return own;
  };
}
