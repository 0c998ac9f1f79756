import type { ExecutorContext, TaskGraph } from '@nx/devkit';
import { type BatchItem, runGraph, type TaskResult } from './batch';

/** One task of an executor. */
export interface ExecutorTask {
  readonly project: string;
  readonly target: string;
  /** Options as Nx passes them, not yet checked. */
  readonly options: unknown;
  readonly context: ExecutorContext;
}

/** The entries that Nx calls: for one task, and for a graph of tasks in one process. */
interface BatchExecutor {
  readonly execute: (options: unknown, context: ExecutorContext) => Promise<{ success: boolean }>;
  readonly executeBatch: (
    graph: TaskGraph,
    inputs: Record<string, unknown>,
    overrides: unknown,
    context: ExecutorContext,
  ) => AsyncGenerator<BatchItem>;
}

/**
 * An executor whose tasks are independent of each other. `open` makes what the tasks of one process share; `limit` is how
 * many run at once, one for each core if left out.
 */
export function batchExecutor<Shared>(
  open: () => Shared,
  work: (task: ExecutorTask, shared: Shared) => Promise<TaskResult>,
  limit?: number,
): BatchExecutor {
  return {
    async execute(options, context) {
      const [project, target] = [context.projectName!, context.targetName!];
      const result = await work({ project, target, options, context }, open());
      process.stdout.write(result.terminalOutput);
      return { success: result.success };
    },
    async *executeBatch(graph, inputs, _overrides, context) {
      const shared = open();
      const start = (id: string) =>
        work({ ...graph.tasks[id]!.target, options: inputs[id], context }, shared);
      yield* runGraph(graph, start, limit);
    },
  };
}
