import { failed, imageFailure, ok, type Result } from '@prism-build/errors';
import { type ContentStore, gatherBlobs, type ImageLayer, readDigestJson } from '@prism-build/oci';
import { imageDirectory } from '../../workspace/directories';
import type { StepInput } from '../compileStep';
import { listSiblings } from './siblings';

/**
 * Makes sure that the store has layers that an image has from its bases, each verified: out of the store, else
 * out of the directories of components, which are built again where they are altered.
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
  { directories, siblings }: StepInput,
  store: ContentStore,
  layer: ImageLayer,
  projects: readonly string[],
): Promise<Result<void>> {
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
  const what = `the layer ${layer.digest} of a base is nowhere to be found`;
  return failed(imageFailure('BASE_LAYER_MISSING', { what, why: found.failures[0]?.what }));
}
