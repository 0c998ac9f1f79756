import { join } from 'node:path';
import { ok, type Result } from '@prism-build/errors';
import { type ContentStore, type Descriptor, openContentStore } from '@prism-build/oci';
import {
  atDigest,
  type InspectedImage,
  inspectImage,
  parseReference,
  pullLayers,
  type RegistryTools,
} from '@prism-build/registry';
import { directoriesOf } from '@prism-build/workspace';

/** How to reach a registry. */
export type RegistryAccess = Pick<RegistryTools, 'run' | 'connection'>;

/** An image of a registry, and what brings its layers into the store. */
export interface OpenedPull {
  readonly image: InspectedImage;
  readonly store: ContentStore;
  /** Makes sure that the store has these layers of a platform. */
  readonly pull: (manifest: Descriptor, layers: readonly Descriptor[]) => Promise<Result<void>>;
}

/** An image of a registry for the store of a workspace. Everything read is verified by digest. */
export async function openPull(
  text: string,
  root: string,
  access: RegistryAccess,
): Promise<Result<OpenedPull>> {
  const parsed = parseReference(text);
  if (!parsed.ok) return parsed;
  const directories = directoriesOf(root, process.env);
  const opened = await openContentStore(directories.store);
  if (!opened.ok) return opened;
  const store = opened.value;
  const tools = { ...access, store, directory: join(directories.prism, 'pulls') };
  const image = await inspectImage(tools, parsed.value);
  if (!image.ok) return image;
  const { reference } = image.value;
  return ok({
    image: image.value,
    store,
    pull: (manifest, layers) => pullLayers(tools, atDigest(reference, manifest.digest), manifest, layers),
  });
}
