import type { ExecutorContext } from '@nx/devkit';
import { imageName, targetName } from '@prism-build/workspace';

/** Where a project's image is pushed to, as host/path/name, from the options of push-manifest; undefined if nowhere. */
export function repositoryOf(
  project: string,
  variant: string | undefined,
  { projectsConfigurations }: ExecutorContext,
): string | undefined {
  const target = projectsConfigurations?.projects[project]?.targets?.[targetName('push-manifest', variant)];
  const { registry, repository } = (target?.options ?? {}) as { registry?: unknown; repository?: unknown };
  if (typeof registry !== 'string') return undefined;
  const name =
    typeof repository === 'string' ? repository : imageName('', project).slice('localhost/'.length);
  return `${registry.replace(/\/+$/, '')}/${name}`;
}
