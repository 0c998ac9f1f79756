import type { ExecutorContext } from '@nx/devkit';
import { failed, ok, type Result } from '@prism-build/errors';
import { type ContentStore, type DigestJson, openContentStore, verifyImage } from '@prism-build/oci';
import { buildOptions } from '../build/options';
import { repairImage } from '../build/repairImage';
import { type Directories, directoriesOf, imageDirectory } from './directories';
import { parseOptions } from './parseOptions';

/** An image as it lies under dist/images, every byte verified. */
export interface VerifiedImage {
  readonly directories: Directories;
  readonly directory: string;
  readonly image: DigestJson;
  readonly store: ContentStore;
}

/**
 * Reads a project's image for a consumer. A cache hit runs no code of ours, so nothing that was restored is
 * trusted: what is missing or altered is built again in process, and replaced in Nx's cache as well.
 */
export async function readVerifiedImage(
  project: string,
  context: ExecutorContext,
): Promise<Result<VerifiedImage>> {
  const directories = directoriesOf(context.root, process.env);
  const directory = imageDirectory(context.root, project);
  const store = await openContentStore(directories.store);
  if (!store.ok) return store;
  const found = await verifyImage(directory, { deep: 'hashes' });
  if (found.ok) return ok({ directories, directory, image: found.value, store: store.value });
  const target = context.projectsConfigurations.projects[project]?.targets?.['build-image'];
  const options = parseOptions(buildOptions, target?.options ?? {}, `${project}:build-image`);
  if (!options.ok) return failed(...found.failures, ...options.failures);
  const repaired = await repairImage({ directories, project, options: options.value }, found.failures);
  if (!repaired.ok) return repaired;
  const again = await verifyImage(directory, { deep: 'hashes' });
  return again.ok ? ok({ directories, directory, image: again.value, store: store.value }) : again;
}
