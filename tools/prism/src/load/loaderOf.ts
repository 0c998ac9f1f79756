import type { ExecutorContext } from '@nx/devkit';
import { ok, type Result } from '@prism-build/errors';
import { loadStep } from './loadStep';

/** Loads the image of a component into Podman as its target `load-image` does, without a process of its own. */
export type Load = (project: string) => Promise<Result<void>>;

/** For the images of a stack. What is loaded is printed. */
export function loaderOf(context: ExecutorContext): Load {
  return async (project) => {
    const { targets } = context.projectsConfigurations.projects[project]!;
    const prefix = String(targets?.['load-image']?.options?.prefix ?? '');
    const options = { engine: 'podman', prefix, allPlatforms: false, dryRun: false } as const;
    const loaded = await loadStep(project, options, context);
    if (!loaded.ok) return loaded;
    process.stdout.write(loaded.value);
    return ok(undefined);
  };
}
