import type { ExecutorContext, TaskGraph } from '@nx/devkit';
import { type BatchItem, runGraph, type TaskResult } from '../../nx/batch';
import { parseOptions } from '../../nx/parseOptions';
import { toTaskResult } from '../../nx/report';
import { loadStep } from './loadStep';
import { options as loadOptions } from './options';

/** One task of the `load-image` executor, outside of a batch. */
export async function execute(options: unknown, context: ExecutorContext): Promise<{ success: boolean }> {
  const result = await load(context.projectName!, context.targetName!, options, context);
  process.stdout.write(result.terminalOutput);
  return { success: result.success };
}

export async function* executeBatch(
  graph: TaskGraph,
  inputs: Record<string, unknown>,
  _overrides: unknown,
  context: ExecutorContext,
): AsyncGenerator<BatchItem> {
  yield* runGraph(
    graph,
    (id) => {
      const { project, target } = graph.tasks[id]!.target;
      return load(project, target, inputs[id], context);
    },
    1,
  );
}

async function load(
  project: string,
  target: string,
  value: unknown,
  context: ExecutorContext,
): Promise<TaskResult> {
  const options = parseOptions(loadOptions, value, `${project}:${target}`);
  return toTaskResult(options.ok ? await loadStep(project, options.value, context) : options);
}
