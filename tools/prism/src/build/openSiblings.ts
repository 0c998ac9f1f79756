import type { ExecutorContext } from '@nx/devkit';
import { failed, imageFailure, type Result } from '@prism-build/errors';
import { directoriesOf } from '../workspace/directories';
import { parseOptions } from '../workspace/parseOptions';
import type { Siblings } from './bases/siblings';
import { type BuildOptions, buildOptions } from './options';
import { repairImage } from './repairImage';

/** The components of the workspace that Nx runs in. */
export function openSiblings({ root, projectsConfigurations }: ExecutorContext): Siblings {
  const optionsOf = (project: string): Result<BuildOptions> => {
    const target = projectsConfigurations?.projects[project]?.targets?.['build-image'];
    if (target) return parseOptions(buildOptions, target.options ?? {}, `${project}:build-image`);
    return failed(imageFailure('BASE_UNKNOWN', { what: `there is no ${project}:build-image` }));
  };
  const siblings: Siblings = {
    optionsOf,
    rebuild: async (project, failures) => {
      const options = optionsOf(project);
      if (!options.ok) return options;
      const directories = directoriesOf(root, process.env);
      return repairImage({ directories, project, options: options.value, siblings }, failures);
    },
  };
  return siblings;
}
