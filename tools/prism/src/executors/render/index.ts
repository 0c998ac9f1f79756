import { resolve } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { failed, imageFailure, ok, type Result } from '@prism-build/errors';
import { attempt, writeFileAtomic } from '@prism-build/shell';
import { parseOptions } from '../../nx/parseOptions';
import { endTask } from '../../nx/report';
import { describeProject, openStack } from '../../stack/openStack';
import { resolveImages } from '../../stack/resolveImages';
import { options as own } from './options';
import { renderForm } from './renderForm';
import { validateForm } from './validateForm';
import { writeDirectory } from './writeDirectory';

/** The `render` executor: a stack with the digests of its images. */
export async function execute(value: unknown, context: ExecutorContext): Promise<{ success: boolean }> {
  return endTask(await render(value, context));
}

async function render(value: unknown, context: ExecutorContext): Promise<Result<string>> {
  const options = parseOptions(own, value, `${context.projectName}:${context.targetName}`);
  if (!options.ok) return options;
  const { format, registry, output, validate } = options.value;
  const project = describeProject(context);
  const opened = await openStack(project);
  if (!opened.ok) return opened;
  const images = await resolveImages(opened.value.stack, context);
  if (!images.ok) return images;
  const rendered = renderForm(format, {
    ...opened.value,
    ...{ images: images.value, owner: project.owner, registry },
  });
  if (!rendered.ok) return rendered;
  const { value: form } = rendered;
  if (validate) {
    const checked = await validateForm(format, form, opened.value, project.directories);
    if (!checked.ok) return checked;
    // Standard output is the form's.
    process.stderr.write(checked.value);
  }
  if (output === undefined) {
    if (typeof form === 'string') return ok(form);
    const what = `option output of render is missing: ${format} is a directory`;
    const remedy = `Add --output=dist/${project.project}-${format}.`;
    return failed(imageFailure('OPTIONS_INVALID', { what, remedy }));
  }
  const path = resolve(context.root, output);
  const written =
    typeof form === 'string'
      ? await attempt(`cannot write ${output}`, () => writeFileAtomic(path, form))
      : await writeDirectory(path, output, form);
  return written.ok ? ok(`  ${output}\n`) : written;
}
