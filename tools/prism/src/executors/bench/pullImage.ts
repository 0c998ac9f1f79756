import { join } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { ok, type Result } from '@prism-build/errors';
import { takeContents } from '@prism-build/measure';
import { measureLayer, openContentStore, platformName } from '@prism-build/oci';
import { atDigest, formatReference, inspectImage, parseReference, pullLayers } from '@prism-build/registry';
import { run } from '@prism-build/shell';
import { directoriesOf } from '@prism-build/workspace';
import { measurementsDirectory } from '../../measuring/benchDirectories';
import type { ComparedImage } from './comparedImage';

/**
 * An image of a registry to compare with. Its layers are fetched, because a registry does not know uncompressed sizes; everything
 * is verified by digest. Failures: those of registries and blobs.
 */
export async function pullImage(text: string, context: ExecutorContext): Promise<Result<ComparedImage>> {
  const parsed = parseReference(text);
  if (!parsed.ok) return parsed;
  const directories = directoriesOf(context.root, process.env);
  const opened = await openContentStore(directories.store);
  if (!opened.ok) return opened;
  const store = opened.value;
  const tools = { run, store, directory: join(directories.prism, 'pulls') };
  const image = await inspectImage(tools, parsed.value);
  if (!image.ok) return image;
  const { reference, platforms } = image.value;
  const sized = new Map<string, Parameters<typeof takeContents>[1]>();
  for (const { platform, manifest, layers } of platforms) {
    const pulled = await pullLayers(tools, atDigest(reference, manifest.digest), manifest, layers);
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
