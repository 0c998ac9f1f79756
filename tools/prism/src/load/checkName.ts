import type { ExecutorContext } from '@nx/devkit';
import { failed, imageFailure, ok, type Result } from '@prism-build/errors';
import { imageName, isImageName } from '@prism-build/workspace';

/** The name of a project's image. Failures: IMAGE_NAME_INVALID, IMAGE_NAME_TAKEN. */
export function checkName(
  project: string,
  prefix: string,
  { projectsConfigurations }: ExecutorContext,
): Result<string> {
  const name = imageName(prefix, project);
  if (!isImageName(name)) {
    const what = `no image can be called ${name}`;
    return failed(imageFailure('IMAGE_NAME_INVALID', { what }));
  }
  const others = Object.entries(projectsConfigurations?.projects ?? {}).filter(
    ([other, { targets }]) =>
      other !== project &&
      targets?.['load-image']?.options?.prefix === prefix &&
      imageName(prefix, other) === name,
  );
  if (others.length === 0) return ok(name);
  const what = `the images of ${[project, ...others.map(([other]) => other)].join(' and ')} would all be called ${name}`;
  return failed(imageFailure('IMAGE_NAME_TAKEN', { what }));
}
