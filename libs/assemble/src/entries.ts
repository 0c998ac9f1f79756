import type { Entry } from '@prism-build/oci';
import type { Node, Tree } from './node';

/** A tree as layer entries: the first path of an object is the file, the others are hard links to it. */
export function toEntries(tree: Tree): Entry[] {
  const first = new Map<Node, string>();
  return [...tree].map(([path, node]): Entry => {
    const { mode, uid, gid } = node;
    const known = node.type === 'file' ? first.get(node) : undefined;
    if (known !== undefined) return { type: 'hardlink', path, mode, uid, gid, linkTarget: known };
    first.set(node, path);
    return { ...node, path };
  });
}
