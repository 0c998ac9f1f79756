import { applyLayer, type LayerEntry, type Tree } from '@prism-build/assemble';
import { ok, type Result } from '@prism-build/errors';
import { type ContentStore, type Descriptor, type LayerItem, visitLayer } from '@prism-build/oci';
import { attempt } from '@prism-build/shell';

/**
 * The final file system of an image: applies its layers, lowest first, so what a higher layer deletes or replaces is not in the
 * result. `look` sees each entry of each layer, with the path that its content has in the tree. Failures: BLOB_CORRUPT,
 * BLOB_MISSING, LAYER_UNREADABLE.
 */
export async function readTree(
  store: ContentStore,
  layers: readonly Descriptor[],
  look: (path: string, item: LayerItem) => Promise<void>,
): Promise<Result<Tree>> {
  let tree: Tree = new Map();
  for (const [at, layer] of layers.entries()) {
    const entries: LayerEntry[] = [];
    const visited = await visitLayer(store, layer, async (item) => {
      const path = `${at}/${entries.length}`;
      entries.push({ header: item.header, size: item.size, path });
      await look(path, item);
    });
    if (!visited.ok) return visited;
    const below = tree;
    const applied = await attempt(`cannot apply the layer ${layer.digest}`, () => applyLayer(below, entries));
    if (!applied.ok) return applied;
    tree = applied.value;
  }
  return ok(tree);
}
