import { failed, imageFailure, ok, type Result } from '@prism-build/errors';
import {
  type RenderedFiles,
  type RenderFormat,
  renderCompose,
  renderKubernetes,
  renderKustomize,
  renderPodman,
  renderQuadlet,
  type Stack,
} from '@prism-build/stack';
import { checkUser } from '../../stack/checkStack';
import type { ResolvedImage } from '../../stack/resolveImages';

/** A stack, its text and its images. */
interface Rendering {
  readonly text: string;
  readonly stack: Stack;
  readonly images: readonly ResolvedImage[];
  readonly owner: string;
  readonly registry: string | undefined;
}

/** One text, or the files of a directory. Failures: OPTIONS_INVALID, STACK_FORM_LACKS, STACK_VALUE_INVALID. */
export function renderForm(format: RenderFormat, rendering: Rendering): Result<string | RenderedFiles> {
  const { text, stack, images, owner, registry } = rendering;
  if (format === 'podman') {
    const names = byContainer(images, ({ name }) => name);
    return ok(renderPodman(stack, { owner, images: names, probePorts: {} }).text);
  }
  if (format === 'quadlet' || format === 'compose') {
    // Neither knows runAsNonRoot.
    const asRoot = images.flatMap((image) => checkUser(stack, image, image.user));
    if (asRoot.length > 0) return failed(...asRoot);
    const names = byContainer(images, (image) =>
      registry === undefined ? image.name : inRegistry(image, registry),
    );
    return format === 'quadlet' ? renderQuadlet(stack, names) : renderCompose(stack, names);
  }
  if (registry === undefined && images.some(({ project }) => project !== undefined)) {
    const what = 'option registry of render is missing: a cluster does not have the images of this machine';
    const remedy = 'Add --registry=<host>/<path>, as of push-manifest.';
    return failed(imageFailure('OPTIONS_INVALID', { what, remedy }));
  }
  if (format === 'kubernetes') {
    const names = images.map((one) => [one.reference, inRegistry(one, registry)] as const);
    return ok(renderKubernetes(text, Object.fromEntries(names)));
  }
  const ours = images.flatMap(({ project, reference, digest, name }) => {
    if (project === undefined) return [];
    const tag = name.slice(name.lastIndexOf(':') + 1);
    return [{ reference, repository: `${registry}/${project}`, digest, tag }];
  });
  return ok(renderKustomize(stack, text, ours));
}

/** An image of a registry keeps its name. */
function inRegistry({ project, reference, digest }: ResolvedImage, registry: string | undefined): string {
  return project === undefined ? reference : `${registry}/${project}@${digest}`;
}

function byContainer(images: readonly ResolvedImage[], nameOf: (image: ResolvedImage) => string) {
  return Object.fromEntries(images.map((one) => [one.container, nameOf(one)]));
}
