import type { ExecutorContext } from '@nx/devkit';
import { fetchLayers, repairImage, type StepInput } from '@prism-build/builder';
import { failed, ok, type Result } from '@prism-build/errors';
import {
  type ContentStore,
  type Digest,
  type DigestJson,
  type ImageLayer,
  openContentStore,
  verifyImage,
} from '@prism-build/oci';
import { type Directories, directoriesOf, imageDirectory } from '@prism-build/workspace';
import { replaceInNxCache } from './nxCache';
import { openSiblings } from './openSiblings';

/** An image in dist/images; every byte is verified. */
export interface VerifiedImage {
  readonly directories: Directories;
  readonly directory: string;
  readonly image: DigestJson;
  readonly store: ContentStore;
  /** Fetches the layers that belong to a base into the store. Call it before reading layers. */
  readonly fetchBases: (layers: readonly ImageLayer[]) => Promise<Result<void>>;
}

/**
 * Reads a project's image for a consumer. A cache hit runs no code of ours, so restored files are verified. Missing
 * or altered ones are rebuilt in process, and replaced in Nx's cache as well. `hash` may know the digests of unchanged files.
 */
export async function readVerifiedImage(
  project: string,
  variant: string | undefined,
  context: ExecutorContext,
  hash?: (layer: string) => Promise<Digest>,
): Promise<Result<VerifiedImage>> {
  const directories = directoriesOf(context.root, process.env);
  const directory = imageDirectory(context.root, project, variant);
  const opened = await openContentStore(directories.store);
  if (!opened.ok) return opened;
  const store = opened.value;
  const fetchBases = async (layers: readonly ImageLayer[]): Promise<Result<void>> => {
    const inherited = layers.filter(({ origin }) => origin !== 'own');
    if (inherited.length === 0) return ok(undefined);
    const input = readInput(project, variant, directories, context);
    return input.ok ? fetchLayers(input.value, store, inherited) : input;
  };
  const found = await verifyImage(directory, { deep: 'hashes', hash });
  if (found.ok) return ok({ directories, directory, image: found.value, store, fetchBases });
  const input = readInput(project, variant, directories, context);
  if (!input.ok) return failed(...found.failures, ...input.failures);
  const repaired = await repairImage(input.value, found.failures);
  if (!repaired.ok) return repaired;
  const again = await verifyImage(directory, { deep: 'hashes' });
  return again.ok ? ok({ directories, directory, image: again.value, store, fetchBases }) : again;
}

function readInput(
  project: string,
  variant: string | undefined,
  directories: Directories,
  context: ExecutorContext,
): Result<StepInput> {
  const siblings = openSiblings(context);
  const options = siblings.optionsOf(project, variant);
  return options.ok
    ? ok({ directories, project, options: options.value, siblings, replaceCached: replaceInNxCache })
    : options;
}
