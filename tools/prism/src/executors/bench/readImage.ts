import type { ExecutorContext } from '@nx/devkit';
import { ok, type Result } from '@prism-build/errors';
import { type Contents, takeContents } from '@prism-build/measure';
import { checkManifests, type DigestJson, platformName, readDigestJson } from '@prism-build/oci';
import { imageDirectory } from '@prism-build/workspace';
import { measurementsDirectory } from '../../measuring/benchDirectories';
import { readVerifiedImage } from '../../nx/readVerifiedImage';

/**
 * digest.json of a project's image, which takes a millisecond: index and manifests are functions of it, so their digests are
 * compared without reading them. An altered image is repaired.
 */
export async function readImage(
  project: string,
  variant: string | undefined,
  context: ExecutorContext,
): Promise<Result<DigestJson>> {
  const found = await readDigestJson(imageDirectory(context.root, project, variant));
  if (found.ok && checkManifests(found.value).length === 0) return found;
  const repaired = await readVerifiedImage(project, variant, context);
  return repaired.ok ? ok(repaired.value.image) : repaired;
}

/** What fills each platform of a project's image, by its name: as stored for the same image, or from verified layers. */
export async function readImageContents(
  project: string,
  variant: string | undefined,
  context: ExecutorContext,
): Promise<Result<ReadonlyMap<string, Contents>>> {
  const verified = await readVerifiedImage(project, variant, context);
  if (!verified.ok) return verified;
  const { image, store, directory, fetchBases } = verified.value;
  const contents = new Map<string, Contents>();
  for (const one of image.platforms) {
    const taken = await takeContents(
      { store, imageDirs: [directory] },
      one,
      measurementsDirectory(context),
      () => fetchBases(one.layers),
    );
    if (!taken.ok) return taken;
    contents.set(platformName(one.platform), taken.value);
  }
  return ok(contents);
}
