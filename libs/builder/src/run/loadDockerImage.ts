import { docker } from '@prism-build/engine';
import { ok, type Result } from '@prism-build/errors';
import type { ContentStore, ImageLayer, PlatformImage } from '@prism-build/oci';
import { withLock } from '@prism-build/shell';
import { type Directories, lockPath } from '@prism-build/workspace';
import { loadPlatform } from '../loadPlatform';

/** Loads an image of the content store into Docker under a name of ours, and returns the name. */
export async function loadDockerImage(
  directories: Directories,
  {
    store,
    image,
    name,
  }: { readonly store: ContentStore; readonly image: PlatformImage; readonly name: string },
  fetchBases: (layers: readonly ImageLayer[]) => Promise<Result<void>>,
): Promise<Result<string>> {
  const sources = { directories, store, directory: directories.store, fetchBases };
  const loaded = await withLock(lockPath(directories, 'load-docker'), () =>
    loadPlatform(docker, image, [name], sources),
  );
  return loaded.ok ? ok(name) : loaded;
}
