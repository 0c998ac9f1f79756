import type { ExecutorContext } from '@nx/devkit';
import { loadNames } from '@prism-build/engine';
import { all, failed, hint, ok, type Place, type Result, stackFailure } from '@prism-build/errors';
import { readDigestJson } from '@prism-build/oci';
import type { Stack, StackImage } from '@prism-build/stack';
import { imageDirectory, imageName } from '@prism-build/workspace';

/** The image of a container. */
export interface ResolvedImage {
  readonly container: string;
  readonly reference: string;
  /** The component that makes it; undefined for an image of a registry. */
  readonly project: string | undefined;
  /** The digest of its index. */
  readonly digest: string;
  /** Its name in Podman, which fits this digest only. */
  readonly name: string;
  /** The digest of its config for this machine, if the workspace builds it. */
  readonly config: string | undefined;
  /** Its user, if the workspace builds it; empty for root. */
  readonly user: string | undefined;
  readonly at: Place;
}

/** The images of a stack as they were built last. Failures: STACK_IMAGE_MISSING, and those of digest.json. */
export async function resolveImages(
  { images }: Stack,
  context: ExecutorContext,
): Promise<Result<ResolvedImage[]>> {
  const known = listNames(context);
  return all(await Promise.all(images.map((one) => resolve(one, known, context.root))));
}

/** The components of this workspace that a stack names; images that are unknown are left out. */
export function listProjects({ images }: Stack, context: ExecutorContext): string[] {
  const known = listNames(context);
  return [...new Set(images.flatMap(({ reference }) => known.get(reference) ?? []))];
}

/** Whether a stack names an image without a digest that no known component makes. */
export function namesUnknown({ images }: Stack, context: ExecutorContext): boolean {
  const known = listNames(context);
  return images.some(({ reference }) => !reference.includes('@') && !known.has(reference));
}

/** Components by the names of their images. */
function listNames({ projectsConfigurations }: ExecutorContext): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(projectsConfigurations.projects).flatMap(([name, { targets }]) => {
      const load = targets?.['load-image'];
      return load ? [[imageName(String(load.options?.prefix ?? ''), name), name] as const] : [];
    }),
  );
}

async function resolve(
  { container, reference, at }: StackImage,
  known: ReadonlyMap<string, string>,
  root: string,
): Promise<Result<ResolvedImage>> {
  const [registry = '', digest] = reference.split('@');
  // Podman 4.3 takes either a tag or a digest.
  if (digest !== undefined) {
    const name = `${registry.replace(/:[^/:]*$/, '')}@${digest}`;
    const unknown = { project: undefined, config: undefined, user: undefined };
    return ok({ container, reference, digest, name, ...unknown, at });
  }
  const project = known.get(reference);
  if (project === undefined) {
    const what = `${reference} is no component of this workspace.${hint(reference, [...known.keys()])}`;
    const remedy = 'Name a component of this workspace, or an image of a registry with its digest.';
    return failed(stackFailure('STACK_IMAGE_MISSING', { what, remedy, at }));
  }
  const image = await readDigestJson(imageDirectory(root, project));
  if (!image.ok) return image;
  const host = process.arch === 'x64' ? 'amd64' : process.arch;
  const found = image.value.platforms.find(({ platform }) => platform.architecture === host);
  const name = loadNames(reference, image.value.index.digest)[1];
  return ok({
    ...{ container, reference, project, digest: image.value.index.digest },
    ...{ name, config: found?.config.digest, user: found?.user, at },
  });
}
