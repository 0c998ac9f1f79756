import type { Tree } from '@prism-build/assemble';
import { ok, type Result } from '@prism-build/errors';
import { type ContentStore, type Descriptor, elfHeaderSize } from '@prism-build/oci';
import { readTree } from '../readTree';

/** The files of an image as a container sees them. */
export interface ImageTree {
  readonly tree: Tree;
  /** The first bytes of each file with an execute bit, by the path of its content in `tree`. */
  readonly heads: ReadonlyMap<string, Uint8Array>;
}

/** Reads each layer once. Failures: BLOB_CORRUPT, BLOB_MISSING, LAYER_UNREADABLE. */
export async function readHeads(
  store: ContentStore,
  layers: readonly Descriptor[],
): Promise<Result<ImageTree>> {
  const heads = new Map<string, Uint8Array>();
  const tree = await readTree(store, layers, async (path, { header, content }) => {
    if (header.type === 'file' && (header.mode & 0o111) !== 0)
      heads.set(path, await readHead(content, elfHeaderSize));
  });
  return tree.ok ? ok({ tree: tree.value, heads }) : tree;
}

async function readHead(content: AsyncIterable<Uint8Array>, length: number): Promise<Uint8Array> {
  let head = Buffer.alloc(0);
  for await (const chunk of content) {
    head = Buffer.concat([head, chunk.subarray(0, length - head.length)]);
    if (head.length === length) break;
  }
  return head;
}
