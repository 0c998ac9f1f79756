import { applyLayer, type LayerEntry, type Tree } from '@prism-build/assemble';
import { ok, type Result } from '@prism-build/errors';
import { type ContentStore, type Descriptor, elfHeaderSize, visitLayer } from '@prism-build/oci';
import { attempt } from '@prism-build/shell';

/** The files of an image as a container sees them. */
export interface ImageTree {
  readonly tree: Tree;
  /** The first bytes of a file that somebody may execute, by the path of its content in `tree`. */
  readonly heads: ReadonlyMap<string, Uint8Array>;
}

/** Applies the layers, lowest first; each is read once. Failures: BLOB_CORRUPT, BLOB_MISSING, LAYER_UNREADABLE. */
export async function readImageTree(
  store: ContentStore,
  layers: readonly Descriptor[],
): Promise<Result<ImageTree>> {
  const heads = new Map<string, Uint8Array>();
  let tree: Tree = new Map();
  for (const [at, layer] of layers.entries()) {
    const entries: LayerEntry[] = [];
    const visited = await visitLayer(store, layer, async ({ header, size, content }) => {
      const path = `${at}/${entries.length}`;
      entries.push({ header, size, path });
      if (header.type === 'file' && (header.mode & 0o111) !== 0)
        heads.set(path, await readHead(content, elfHeaderSize));
    });
    if (!visited.ok) return visited;
    const applied = await attempt(`cannot apply the layer ${layer.digest}`, () => applyLayer(tree, entries));
    if (!applied.ok) return applied;
    tree = applied.value;
  }
  return ok({ tree, heads });
}

async function readHead(content: AsyncIterable<Uint8Array>, length: number): Promise<Uint8Array> {
  let head = Buffer.alloc(0);
  for await (const chunk of content) {
    head = Buffer.concat([head, chunk.subarray(0, length - head.length)]);
    if (head.length === length) break;
  }
  return head;
}
