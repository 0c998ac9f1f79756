import { type Content, readLayer } from '@prism-build/oci';
import type { Node, Tree } from './node';
import { nodeOf } from './nodeOf';
import { entriesBelow, toTreePath } from './tree';

/** Stores the content of a file while its tree is in use. Reads the content to its end. */
export type Keep = (size: number, content: AsyncIterable<Uint8Array>) => Promise<Content>;

/** Keeps contents in memory: for small archives. */
export const keepBytes: Keep = async (_size, content) => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of content) chunks.push(chunk);
  return { kind: 'bytes', bytes: Buffer.concat(chunks) };
};

/** One step of unpacking an archive: the node for a path, or the path that it becomes a hard link of. Paths are clean. */
export type ArchiveEntry =
  | { readonly path: string; readonly node: Node }
  | { readonly path: string; readonly linkTo: string };

const nothing: Content = { kind: 'bytes', bytes: new Uint8Array() };

/**
 * The entries of an uncompressed tar in their order. The order matters: a path may go through a link that a later entry
 * replaces. `..` does not leave the root. Throws an Error if the input is not a tar.
 */
export async function readTarEntries(
  tar: AsyncIterable<Uint8Array>,
  keep: Keep = keepBytes,
): Promise<ArchiveEntry[]> {
  const entries: ArchiveEntry[] = [];
  for await (const { header, size, content } of readLayer(tar)) {
    const path = toTreePath(header.path);
    if (path === '') continue;
    if (header.type === 'hardlink') {
      entries.push({ path, linkTo: toTreePath(header.linkTarget) });
      continue;
    }
    const kept = header.type === 'file' ? await keep(size, content) : nothing;
    entries.push({ path, node: nodeOf(header, kept, () => undefined) });
  }
  return entries;
}

/** The tree inside an uncompressed tar; paths are not resolved. Throws an Error if the input is not a tar. */
export async function readTarTree(tar: AsyncIterable<Uint8Array>, keep: Keep = keepBytes): Promise<Tree> {
  const tree = new Map<string, Node>();
  for (const entry of await readTarEntries(tar, keep)) {
    const node = 'node' in entry ? entry.node : tree.get(entry.linkTo);
    if (!node) throw new Error(`${entry.path} is a hard link to nothing`);
    const before = tree.get(entry.path);
    if (before?.type === 'directory' && node.type !== 'directory')
      for (const [inner] of [...entriesBelow(tree, entry.path)]) tree.delete(inner);
    tree.set(entry.path, node);
  }
  return tree;
}
