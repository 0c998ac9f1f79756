import { parentOf } from '@prism-build/containerfile';
import { failed, imageFailure, ok, type Result } from '@prism-build/errors';
import type { Copy } from './copyRequest';
import type { Item } from './items';
import type { Tree } from './node';
import { baseName, fileAbove, followLinks, joinPath, nodeAt, resolvePath } from './tree';

/** The directory that a copy goes into, and the new name of a file if the destination names one. */
export function findTarget(
  tree: Tree,
  copy: Copy,
  items: readonly Item[],
): Result<{ readonly directory: string; readonly name: string | undefined }> {
  const asked = copy.destination;
  const invalid = (what: string) => failed(imageFailure('COPY_DESTINATION_INVALID', { what, at: copy.at }));
  const parent = resolvePath(tree, parentOf(asked));
  const destination = resolvePath(tree, asked);
  if (parent === undefined || destination === undefined) {
    return invalid(`the destination ${asked} is a loop of symbolic links`);
  }
  const blocked = fileAbove(tree, destination);
  if (blocked) return invalid(`the destination ${asked} is below the file /${blocked}`);
  const isTree = ({ node, archive }: Item) => node.type === 'directory' || archive !== undefined;
  const mustBeDirectory =
    /(^|\/)\.?$/.test(asked) ||
    items.length > 1 ||
    copy.sources.length > 1 ||
    copy.parents ||
    items.some(isTree);
  const existing = nodeAt(tree, destination);
  if (existing && existing.type !== 'directory') {
    if (mustBeDirectory)
      return invalid(`the destination ${asked} is a file, and a directory is needed there`);
    return ok({ directory: parent, name: baseName(asked) });
  }
  if (
    !existing &&
    items.length > 1 &&
    copy.sources.length === 1 &&
    !asked.endsWith('/') &&
    !isTree(items[0]!)
  ) {
    // Podman gives all of them that name, so only the last one remains.
    return invalid(`${copy.sources[0]} matches several files, and ${asked} is not a directory`);
  }
  // As in Podman, a dangling link counts as a directory that will be created.
  const isDirectory =
    mustBeDirectory || existing !== undefined || tree.has(joinPath(parent, baseName(asked)));
  if (isDirectory) return ok({ directory: destination, name: undefined });
  return ok({ directory: parent, name: baseName(asked) });
}

/** Follows links in a path below a directory, which acts as their root; undefined for a loop of links. */
export function followPlace(tree: Tree, base: string, path: string): string | undefined {
  let crossed = false;
  const linkAt = (at: string) => {
    const node = tree.get(at);
    crossed ||= node?.type === 'symlink';
    return node?.type === 'symlink' ? node.linkTarget : undefined;
  };
  const parent = followLinks(parentOf(path), linkAt, base);
  if (parent === undefined) return undefined;
  const place = joinPath(parent, baseName(path));
  if (fileAbove(tree, place) !== undefined) return undefined;
  return crossed && !nodeAt(tree, parent) ? undefined : place;
}
