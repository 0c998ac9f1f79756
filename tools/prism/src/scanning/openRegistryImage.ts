import type { ExecutorContext } from '@nx/devkit';
import { ok, type Result } from '@prism-build/errors';
import { formatReference } from '@prism-build/registry';
import type { InventoryInput } from '@prism-build/scan';
import { openPull, type RegistryAccess } from '../nx/openPull';
import { type OpenedImage, type OpenedScanner, scansDirectories } from './openImage';

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
  const opened = await openPull(text, context.root, access);
  if (!opened.ok) return opened;
  const { image, store, pull } = opened.value;
  const { reference, index, platforms } = image;
  const fetch: InventoryInput['fetch'] = ({ manifest, layers }) => pull(manifest, layers);
  return ok({
    ...{ image: { index, platforms }, directory: store.directory, reference: formatReference(reference) },
    input: { ...scanner, ...scansDirectories(context), fetch, store, imageDirs: [] },
  });
}
