import { availableParallelism } from 'node:os';
import type { TaskGraph } from '@nx/devkit';
import { dependenciesOf } from './dependenciesOf';

export interface TaskResult {
  readonly success: boolean;
  readonly terminalOutput: string;
  readonly status?: string;
  /** Milliseconds since 1970; Nx shows and stores them. */
  readonly startTime?: number;
  readonly endTime?: number;
}

export interface BatchItem {
  readonly task: string;
  readonly result: TaskResult;
}

type Work = (taskId: string) => Promise<TaskResult>;

/**
 * Runs the tasks of a batch in dependency order, at most one for each core (Nx passes no `--parallel` to a batch),
 * and yields each result as it arrives. Never throws: a failure belongs to its task, and tasks that depend on it are
 * skipped.
 */
export async function* runGraph(
  graph: TaskGraph,
  work: Work,
  limit = availableParallelism(),
): AsyncGenerator<BatchItem> {
  // Compilers take longest, so they start before images are assembled.
  const roots = Object.keys(graph.tasks).filter((task) =>
    dependenciesOf(graph, task).every((id) => !(id in graph.tasks)),
  );
  const waiting = new Set([...roots, ...Object.keys(graph.tasks)]);
  const failed = new Set<string>();
  const running = new Map<string, Promise<BatchItem>>();
  while (waiting.size > 0 || running.size > 0) {
    for (const task of [...waiting]) {
      const dependencies = dependenciesOf(graph, task);
      if (dependencies.some((id) => failed.has(id))) {
        waiting.delete(task);
        failed.add(task);
        yield { task, result: { success: false, status: 'skipped', terminalOutput: '' } };
      } else if (running.size < limit && !dependencies.some((id) => waiting.has(id) || running.has(id))) {
        waiting.delete(task);
        running.set(task, settle(task, work));
      }
    }
    if (running.size === 0) continue;
    const item = await Promise.race(running.values());
    running.delete(item.task);
    if (!item.result.success) failed.add(item.task);
    yield item;
  }
}

async function settle(task: string, work: Work): Promise<BatchItem> {
  const startTime = Date.now();
  try {
    const result = await work(task);
    return { task, result: { ...result, startTime, endTime: Date.now() } };
  } catch (error) {
    // A bug of ours, not an error of the user: prints the full stack, and fails only this task.
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { task, result: { success: false, terminalOutput: `${text}\n` } };
  }
}
