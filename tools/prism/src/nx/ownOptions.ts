import type { ExecutorContext, Task } from '@nx/devkit';
import { dependenciesOf } from './dependenciesOf';

/**
 * The options that count for a task of a batch or alone. Nx passes the options of the command line on to each task behind
 * `params: 'forward'`, also if the command names another target: in `nx scan api --dryRun`, the compile of api would be
 * dry as well, and its image would lack the program. So they count only if a task that waits for this one has them too.
 */
export function ownOptions(
  { taskGraph, projectsConfigurations }: ExecutorContext,
  id: string,
  value: unknown,
) {
  const task = taskGraph?.tasks[id];
  if (!taskGraph || !task || !isGiven(task)) return value;
  const waiting = Object.keys(taskGraph.tasks)
    .filter((other) => dependenciesOf(taskGraph, other).includes(id))
    .map((other) => taskGraph.tasks[other]!);
  if (waiting.length === 0 || waiting.some(isGiven)) return value;
  const { project, target, configuration } = task.target;
  const { options, configurations } = projectsConfigurations?.projects[project]?.targets?.[target] ?? {};
  return { ...options, ...(configuration !== undefined && configurations?.[configuration]) };
}

/** Whether a task has options of the command line. */
function isGiven({ overrides }: Task): boolean {
  return Object.keys(overrides ?? {}).some((name) => name !== '__overrides_unparsed__');
}
