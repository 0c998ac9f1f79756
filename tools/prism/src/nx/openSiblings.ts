import type { ExecutorContext } from '@nx/devkit';
import { type BuildOptions, buildOptions, repairImage, type Siblings } from '@prism-build/builder';
import { failed, imageFailure, type Result } from '@prism-build/errors';
import { directoriesOf, targetName } from '@prism-build/workspace';
import { replaceInNxCache } from './nxCache';
import { parseOptions } from './parseOptions';

const running = new Map<string, Promise<Result<void>>>();

/** Several consumers may find an altered base at the same time; it is rebuilt once. */
function once(key: string, work: () => Promise<Result<void>>): Promise<Result<void>> {
  const known = running.get(key) ?? work().finally(() => running.delete(key));
  running.set(key, known);
  return known;
}

/** The components of the current Nx workspace. */
export function openSiblings({ root, projectsConfigurations }: ExecutorContext): Siblings {
  const targetsOf = (project: string) => projectsConfigurations?.projects[project]?.targets ?? {};
  const optionsOf = (project: string, variant?: string): Result<BuildOptions> => {
    const name = targetName('build-image', variant);
    const target = targetsOf(project)[name];
    if (target) return parseOptions(buildOptions, target.options ?? {}, `${project}:${name}`);
    return failed(imageFailure('BASE_UNKNOWN', { what: `there is no ${project}:${name}` }));
  };
  const siblings: Siblings = {
    optionsOf,
    variantsOf: (project) =>
      Object.values(targetsOf(project)).flatMap(({ options }) =>
        options?.step === 'image' && typeof options.variant === 'string' ? [options.variant] : [],
      ),
    rebuild: (project, failures) => {
      const options = optionsOf(project);
      if (!options.ok) return Promise.resolve(options);
      const directories = directoriesOf(root, process.env);
      const input = {
        directories,
        project,
        options: options.value,
        siblings,
        replaceCached: replaceInNxCache,
      };
      return once(`${root} ${project}`, () => repairImage(input, failures));
    },
  };
  return siblings;
}
