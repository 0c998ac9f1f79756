import { join } from 'node:path';
import { failed, imageFailure, ok, type Result } from '@prism-build/errors';
import { type ContentStore, gatherBlobs, type ImageLayer, readDigestJson } from '@prism-build/oci';
import { findManifest, parseReference, pullLayers } from '@prism-build/registry';
import { run, sayIfLong } from '@prism-build/shell';
import { imageDirectory } from '@prism-build/workspace';
import type { StepInput } from '../step';
import { readImagesLock } from './readImagesLock';
import { listSiblings } from './siblings';

/**
 * Makes sure that the store has layers that an image has from its bases, each verified: out of the store, else
 * out of the directories of components, which are built again where they are altered, else out of the registry
 * that a lock names.
 */
export async function fetchLayers(
  input: StepInput,
  store: ContentStore,
  layers: readonly ImageLayer[],
): Promise<Result<void>> {
  const projects = listSiblings(input.project, input.options, input.siblings);
  for (const layer of new Map(layers.map((one) => [one.digest, one])).values()) {
    const fetched = await fetchLayer(input, store, layer, projects);
    if (!fetched.ok) return fetched;
  }
  return ok(undefined);
}

async function fetchLayer(
  input: StepInput,
  store: ContentStore,
  layer: ImageLayer,
  projects: readonly string[],
): Promise<Result<void>> {
  const { directories, siblings } = input;
  const directoryOf = (project: string) => imageDirectory(directories.root, project);
  const gather = () => gatherBlobs({ store, imageDirs: projects.map(directoryOf) }, [layer]);
  const found = await gather();
  if (found.ok) return found;
  for (const project of projects) {
    const image = await readDigestJson(directoryOf(project));
    const layers = image.ok ? image.value.platforms.flatMap((one) => one.layers) : [];
    if (!layers.some(({ digest, origin }) => digest === layer.digest && origin === 'own')) continue;
    const rebuilt = await siblings.rebuild(project, found.failures);
    return rebuilt.ok ? gather() : rebuilt;
  }
  const pulled = await fetchFromRegistry(input, store, layer, projects);
  if (pulled) return pulled;
  const what = `the layer ${layer.digest} of a base is nowhere to be found`;
  return failed(imageFailure('BASE_LAYER_MISSING', { what, why: found.failures[0]?.what }));
}

/** The layer by the lock that names the manifest it comes from; undefined where no lock does. */
async function fetchFromRegistry(
  { directories, project, options, siblings }: StepInput,
  store: ContentStore,
  layer: ImageLayer,
  projects: readonly string[],
): Promise<Result<void> | undefined> {
  if (layer.origin === 'own') return undefined;
  const others = projects.map((one) => siblings.optionsOf(one)).flatMap((one) => (one.ok ? [one.value] : []));
  for (const { containerfile } of [options, ...others]) {
    const lock = readImagesLock(directories.root, containerfile);
    const found = lock.ok ? findManifest(lock.value, layer.origin.base) : undefined;
    if (!found) continue;
    const image = parseReference(found.name);
    if (!image.ok) return image;
    const tools = { run, store, directory: join(directories.prism, 'pulls') };
    // All of them: who needs one layer of a base needs the others soon, and the registry is asked once.
    return sayIfLong(`${project}: fetching layers of ${found.name}`, () =>
      pullLayers(tools, image.value, found.platform.manifest, found.platform.layers),
    );
  }
  return undefined;
}
