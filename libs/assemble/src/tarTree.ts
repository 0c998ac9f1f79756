import { type Content, readLayer } from '@prism-build/oci';
import type { Tree } from './node';
import { nodeOf } from './nodeOf';
import { cleanPath } from './tree';

/** Decides where the content of a file is held while its tree is used; reads the content to its end. */
export type Keep = (size: number, content: AsyncIterable<Uint8Array>) => Promise<Content>;

/** Contents in memory: for archives of a size that allows it. */
export const keepBytes: Keep = async (_size, content) => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of content) chunks.push(chunk);
  return { kind: 'bytes', bytes: Buffer.concat(chunks) };
};

const nothing: Content = { kind: 'bytes', bytes: new Uint8Array() };

/** The tree inside an uncompressed tar; `..` in a path stays below the root. Throws an Error on what is no tar. */
export async function readTarTree(tar: AsyncIterable<Uint8Array>, keep: Keep = keepBytes): Promise<Tree> {
  const tree: Tree = new Map();
  const find = (path: string) => tree.get(cleanPath(path));
  for await (const { header, size, content } of readLayer(tar)) {
    const path = cleanPath(header.path);
    const kept = header.type === 'file' ? await keep(size, content) : nothing;
    const node = nodeOf(header, kept, find);
    if (path !== '') tree.set(path, node);
  }
  return tree;
}
