import { type Content, type EntryHeader, readLayer } from '@prism-build/oci';
import type { Node, Tree } from './node';
import { cleanPath } from './tree';

/** Decides where the content of a file is held while its tree is used; reads the content to its end. */
export type Keep = (size: number, content: AsyncIterable<Uint8Array>) => Promise<Content>;

/** Contents in memory: for archives of a size that allows it. */
export const keepBytes: Keep = async (_size, content) => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of content) chunks.push(chunk);
  return { kind: 'bytes', bytes: Buffer.concat(chunks) };
};

/** The tree inside an uncompressed tar; `..` in a path stays below the root. Throws an Error on what is no tar. */
export async function readTarTree(tar: AsyncIterable<Uint8Array>, keep: Keep = keepBytes): Promise<Tree> {
  const tree: Tree = new Map();
  for await (const { header, size, content } of readLayer(tar)) {
    const path = cleanPath(header.path);
    const node = await nodeOf(header, tree, () => keep(size, content));
    if (path !== '') tree.set(path, node);
  }
  return tree;
}

async function nodeOf(header: EntryHeader, tree: Tree, keep: () => Promise<Content>): Promise<Node> {
  const { mode, uid, gid, xattrs } = header;
  const common = { mode, uid, gid, ...(xattrs && { xattrs }) };
  switch (header.type) {
    case 'file':
      return { ...common, type: 'file', content: await keep() };
    case 'directory':
      return { ...common, type: 'directory' };
    case 'symlink':
      return { ...common, type: 'symlink', linkTarget: header.linkTarget };
    case 'hardlink': {
      const target = tree.get(cleanPath(header.linkTarget));
      if (target === undefined) throw new Error(`${header.path} is a hard link to nothing`);
      return target;
    }
    case 'fifo':
      return { ...common, type: 'fifo', major: 0, minor: 0 };
    default:
      return { ...common, type: header.type, major: header.major, minor: header.minor };
  }
}
