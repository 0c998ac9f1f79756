import { join } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { ok, type Result } from '@prism-build/errors';
import { openContentStore } from '@prism-build/oci';
import {
  atDigest,
  formatReference,
  inspectImage,
  parseReference,
  pullLayers,
  type RegistryTools,
} from '@prism-build/registry';
import type { InventoryInput } from '@prism-build/scan';
import { directoriesOf } from '@prism-build/workspace';
import { type OpenedImage, type OpenedScanner, scansDirectories } from './openImage';

/** How to reach a registry. */
export type RegistryAccess = Pick<RegistryTools, 'run' | 'connection'>;

/** An image of a registry, and its reference by digest. */
export interface OpenedRegistryImage extends OpenedImage {
  readonly reference: string;
}

/**
 * An image of a registry. Everything read is verified by digest. Layers are fetched only for platforms without a stored
 * inventory, so an image that was built and scanned here costs no download.
 */
export async function openRegistryImage(
  text: string,
  scanner: OpenedScanner,
  context: ExecutorContext,
  access: RegistryAccess,
): Promise<Result<OpenedRegistryImage>> {
  const parsed = parseReference(text);
  if (!parsed.ok) return parsed;
  const directories = directoriesOf(context.root, process.env);
  const opened = await openContentStore(directories.store);
  if (!opened.ok) return opened;
  const store = opened.value;
  const tools = { ...access, store, directory: join(directories.prism, 'pulls') };
  const image = await inspectImage(tools, parsed.value);
  if (!image.ok) return image;
  const { reference, index, platforms } = image.value;
  const fetch: InventoryInput['fetch'] = ({ manifest, layers }) =>
    pullLayers(tools, atDigest(reference, manifest.digest), manifest, layers);
  return ok({
    ...{ image: { index, platforms }, directory: store.directory, reference: formatReference(reference) },
    input: { ...scanner, ...scansDirectories(context), fetch, store, imageDirs: [] },
  });
}
