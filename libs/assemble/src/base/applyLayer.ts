import type { EntryHeader } from '@prism-build/oci';
import { rootDirectory, type Tree } from '../node';
import { nodeOf } from '../nodeOf';
import { baseName, below, cleanPath, joinPath, parentOf, resolvePath } from '../tree';

/** An entry of a layer, and where its bytes will lie when somebody asks for them. */
export interface LayerEntry {
  readonly header: EntryHeader;
  /** Bytes of a file. */
  readonly size: number;
  /** Absolute path; nothing is there until the bytes are needed. */
  readonly path: string;
}

const whiteout = '.wh.';
/** Ends with this: everything below its directory is hidden. Others with this start are an engine's own notes. */
const meta = '.wh..wh.';
const opaque = '.wh..wh..opq';

/**
 * Applies a layer to what lies below it (OCI image-spec, layer.md): whiteouts first, since they hide lower layers
 * alone; links on the way are followed inside the tree, as an engine does in a chroot. Throws an Error on a path
 * that leaves the root and on a hard link to nothing.
 */
export function applyLayer(tree: Tree, entries: readonly LayerEntry[]): void {
  for (const { header } of entries) hideLower(tree, header.path);
  const find = (path: string) => tree.get(placeOf(tree, path));
  for (const { header, path, size } of entries) {
    if (baseName(header.path).startsWith(whiteout)) continue;
    const place = placeOf(tree, header.path);
    const node = nodeOf(header, { kind: 'file', path, size }, find);
    if (tree.get(place)?.type !== 'directory' || node.type !== 'directory') remove(tree, place);
    addParents(tree, place);
    tree.set(place, node);
  }
}

function hideLower(tree: Tree, path: string): void {
  const name = baseName(path);
  const directory = parentOf(path);
  if (name === opaque) removeBelow(tree, resolvePath(tree, directory) ?? directory);
  else if (name.startsWith(whiteout) && !name.startsWith(meta)) {
    remove(tree, placeOf(tree, joinPath(directory, name.slice(whiteout.length))));
  }
}

function placeOf(tree: Tree, path: string): string {
  if (path.split('/').includes('..')) throw new Error(`${path} leaves the root`);
  const clean = cleanPath(path);
  const parent = parentOf(clean);
  if (parent === '' || tree.get(parent)?.type === 'directory') return clean;
  const real = resolvePath(tree, parent);
  if (real === undefined) throw new Error(`${path} is below a loop of links`);
  return joinPath(real, baseName(clean));
}

function addParents(tree: Tree, place: string): void {
  for (let at = parentOf(place); at !== ''; at = parentOf(at)) {
    const there = tree.get(at);
    if (there?.type === 'directory') return;
    if (there) remove(tree, at);
    tree.set(at, { ...rootDirectory });
  }
}

function remove(tree: Tree, path: string): void {
  if (tree.get(path)?.type === 'directory') removeBelow(tree, path);
  tree.delete(path);
}

function removeBelow(tree: Tree, path: string): void {
  for (const [inner] of [...below(tree, path)]) tree.delete(inner);
}
