import type { ExecutorContext } from '@nx/devkit';
import { startNx } from './nxProcess';

/**
 * Builds with nx what a changed definition needs, which also infers the project again, and returns the workspace as it is
 * now. Undefined if that failed, or was stopped; what failed is printed.
 */
export async function rebuild(
  context: ExecutorContext,
  args: readonly string[],
  over: AbortSignal,
): Promise<ExecutorContext | undefined> {
  const building = startNx(context.root, args);
  over.addEventListener('abort', building.stop);
  const { ok, text } = await building.ended;
  over.removeEventListener('abort', building.stop);
  if (over.aborted) return undefined;
  if (!ok) {
    process.stdout.write(`${text}\n`);
    return undefined;
  }
  const { readCachedProjectGraph, readProjectsConfigurationFromProjectGraph } =
    require('@nx/devkit') as typeof import('@nx/devkit');
  const projectGraph = readCachedProjectGraph();
  const projectsConfigurations = readProjectsConfigurationFromProjectGraph(projectGraph);
  return { ...context, projectGraph, projectsConfigurations };
}
