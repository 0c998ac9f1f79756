import { resolve } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { failed, imageFailure, ok, type Result } from '@prism-build/errors';
import { attempt, writeFileAtomic } from '@prism-build/shell';
import { renderKubernetes, renderPodman } from '@prism-build/stack';
import { parseOptions } from '../../nx/parseOptions';
import { endTask } from '../../nx/report';
import { describeProject, openStack } from '../../stack/openStack';
import { type ResolvedImage, resolveImages } from '../../stack/resolveImages';
import { options as own } from './options';

/** The `render` executor: a stack with the digests of its images. */
export async function execute(value: unknown, context: ExecutorContext): Promise<{ success: boolean }> {
  return endTask(await render(value, context));
}

async function render(value: unknown, context: ExecutorContext): Promise<Result<string>> {
  const options = parseOptions(own, value, `${context.projectName}:${context.targetName}`);
  if (!options.ok) return options;
  const { format, registry, output } = options.value;
  const project = describeProject(context);
  const opened = await openStack(project);
  if (!opened.ok) return opened;
  const { text, stack } = opened.value;
  const images = await resolveImages(stack, context);
  if (!images.ok) return images;
  if (format === 'kubernetes' && registry === undefined && images.value.some((one) => one.project)) {
    const what = 'option registry of render is missing: a cluster does not have the images of this machine';
    return failed(
      imageFailure('OPTIONS_INVALID', { what, remedy: 'Add --registry=<host>/<path>, as of push-manifest.' }),
    );
  }
  const names = (form: 'container' | 'reference', nameOf: (image: ResolvedImage) => string) =>
    Object.fromEntries(images.value.map((one) => [one[form], nameOf(one)]));
  const rendered =
    format === 'podman'
      ? renderPodman(stack, {
          owner: project.owner,
          images: names('container', ({ name }) => name),
          probePorts: {},
        }).text
      : renderKubernetes(
          text,
          names('reference', ({ project: own, reference, digest }) =>
            own === undefined ? reference : `${registry}/${own}@${digest}`,
          ),
        );
  if (output === undefined) return ok(rendered);
  const written = await attempt(`cannot write ${output}`, () =>
    writeFileAtomic(resolve(context.root, output), rendered),
  );
  return written.ok ? ok(`  ${output}\n`) : written;
}
