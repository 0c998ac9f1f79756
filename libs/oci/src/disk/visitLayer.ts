import type { Result } from '@prism-build/errors';
import type { Descriptor } from '../descriptor';
import { type LayerItem, readLayer } from '../readLayer';
import type { ContentStore } from './contentStore';
import { catchFailures } from './failures';
import { guardLayer, openLayer } from './openLayer';

/**
 * Shows every entry of a layer of the store to `visit`, one after the other, after verifying the blob. The
 * content is to be read before `visit` returns, or not at all. What `visit` itself throws is thrown on.
 */
export function visitLayer(
  store: ContentStore,
  layer: Descriptor,
  visit: (item: LayerItem) => void | Promise<void>,
): Promise<Result<void>> {
  return catchFailures(async () => {
    for await (const item of guardLayer(layer.digest, readLayer(await openLayer(store, layer)))) {
      await visit({ ...item, content: guardLayer(layer.digest, item.content) });
    }
  });
}
