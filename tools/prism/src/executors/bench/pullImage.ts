import type { ExecutorContext } from '@nx/devkit';
import { ok, type Result } from '@prism-build/errors';
import { takeContents } from '@prism-build/measure';
import { measureLayer, platformName } from '@prism-build/oci';
import { formatReference } from '@prism-build/registry';
import { run } from '@prism-build/shell';
import { measurementsDirectory } from '../../measuring/benchDirectories';
import { openPull } from '../../nx/openPull';
import type { ComparedImage } from './comparedImage';

/**
 * An image of a registry to compare with. Its layers are fetched, because a registry does not know uncompressed sizes; everything
 * is verified by digest. Failures: those of registries and blobs.
 */
export async function pullImage(text: string, context: ExecutorContext): Promise<Result<ComparedImage>> {
  const opened = await openPull(text, context.root, { run });
  if (!opened.ok) return opened;
  const { image, store, pull } = opened.value;
  const { reference, platforms } = image;
  const sized = new Map<string, Parameters<typeof takeContents>[1]>();
  for (const { platform, manifest, layers } of platforms) {
    const pulled = await pull(manifest, layers);
    if (!pulled.ok) return pulled;
    const measured = [];
    for (const layer of layers) {
      const size = await measureLayer(store, layer);
      if (!size.ok) return size;
      measured.push({ ...layer, uncompressedSize: size.value.uncompressedSize, origin: 'own' as const });
    }
    sized.set(platformName(platform), { manifest, layers: measured });
  }
  return ok({
    name: formatReference(reference),
    sizes: new Map(
      [...sized].map(([name, { layers }]) => [
        name,
        layers.reduce((sum, { uncompressedSize }) => sum + uncompressedSize, 0),
      ]),
    ),
    contentsOf: async (platform) => {
      const found = sized.get(platform);
      if (!found) return ok({});
      return takeContents({ store, imageDirs: [] }, found, measurementsDirectory(context), async () =>
        ok(undefined),
      );
    },
  });
}
