import { parentOf } from '@prism-build/containerfile';
import type { EntryHeader } from '@prism-build/oci';
import { Draft } from '../draft';
import { rootDirectory, type Tree } from '../node';
import { nodeOf } from '../nodeOf';
import { baseName, fileAbove, followLinks, joinPath, nodeAt, resolvePath, toTreePath } from '../tree';

/** An entry of a layer, and the path to which its bytes are extracted on demand. */
export interface LayerEntry {
  readonly header: EntryHeader;
  /** Bytes of a file. */
  readonly size: number;
  /** Absolute path; nothing is there until the bytes are needed. */
  readonly path: string;
}

const whiteout = '.wh.';
/** An opaque whiteout: hides all lower contents of its directory. Other names with this prefix are an engine's metadata. */
const meta = '.wh..wh.';
const opaque = '.wh..wh..opq';

/**
 * Applies a layer to the tree of the lower layers (OCI image-spec, layer.md). Whiteouts come first, because they hide
 * only lower layers. Links in paths are followed inside the tree, as in a chroot, except links that the layer itself
 * replaces. Throws an Error on a path that leaves the root and on a hard link to nothing.
 */
export function applyLayer(tree: Tree, entries: readonly LayerEntry[]): Tree {
  const own = new Map(entries.map(({ header }) => [toTreePath(header.path), header]));
  const linkAt = (path: string) => {
    const header = own.get(path) ?? tree.get(path);
    return header?.type === 'symlink' ? header.linkTarget : undefined;
  };
  const draft = new Draft(tree);
  // Finds all before removing any, so the order of whiteouts does not matter.
  const hidden = entries.flatMap(({ header }) => findHidden(header.path, linkAt) ?? []);
  for (const { path, itself } of hidden) {
    if (itself) draft.remove(path);
    else if (nodeAt(draft.tree, path)?.type === 'directory') draft.removeBelow(path);
  }
  const find = (path: string) => draft.tree.get(placeOf(draft.tree, path));
  for (const { header, path, size } of entries) {
    if (baseName(header.path).startsWith(whiteout)) continue;
    const place = placeOf(draft.tree, header.path);
    const node = nodeOf(header, { kind: 'file', path, size }, find);
    const blocked = fileAbove(draft.tree, place);
    if (blocked !== undefined) draft.remove(blocked);
    draft.makeDirectories(parentOf(place), rootDirectory);
    draft.put(place, node);
  }
  return draft.tree;
}

/** The lower paths that a whiteout hides: the path itself, or the contents of a directory. */
function findHidden(
  path: string,
  linkAt: (path: string) => string | undefined,
): { readonly path: string; readonly itself: boolean } | undefined {
  const name = baseName(path);
  if (!name.startsWith(whiteout) || (name.startsWith(meta) && name !== opaque)) return undefined;
  const itself = name !== opaque;
  const hidden = toTreePath(itself ? joinPath(parentOf(path), name.slice(whiteout.length)) : parentOf(path));
  // The last part is not followed: a link that became an opaque directory led to files that stay.
  const parent = followLinks(parentOf(hidden), linkAt);
  if (parent === undefined || hasParentParts(path))
    throw new Error(`${path} leaves the root, or is below a link loop`);
  return { path: joinPath(parent, baseName(hidden)), itself };
}

function placeOf(tree: Tree, path: string): string {
  if (hasParentParts(path)) throw new Error(`${path} leaves the root`);
  const clean = toTreePath(path);
  const parent = parentOf(clean);
  if (parent === '' || tree.get(parent)?.type === 'directory') return clean;
  const real = resolvePath(tree, parent);
  if (real === undefined) throw new Error(`${path} is below a loop of links`);
  return joinPath(real, baseName(clean));
}

function hasParentParts(path: string): boolean {
  return path.split('/').includes('..');
}
