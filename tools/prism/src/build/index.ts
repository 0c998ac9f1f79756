import type { ExecutorContext, TaskGraph } from '@nx/devkit';
import { ok } from '@prism-build/errors';
import { directoriesOf } from '../workspace/directories';
import { parseOptions } from '../workspace/parseOptions';
import { toTaskResult } from '../workspace/report';
import { type BatchItem, runGraph, type TaskResult } from './batch';
import { compileStep } from './compileStep';
import { imageStep } from './imageStep';
import { buildOptions } from './options';

/** One task of the `build` executor, outside of a batch. */
export async function build(options: unknown, context: ExecutorContext): Promise<{ success: boolean }> {
  const result = await runStep(
    context.root,
    context.projectName!,
    options,
    `${context.projectName}:${context.targetName}`,
  );
  process.stdout.write(result.terminalOutput);
  return { success: result.success };
}

/** All tasks of the `build` executor that Nx found ready, compile and image steps of many projects alike. */
export async function* buildBatch(
  graph: TaskGraph,
  inputs: Record<string, unknown>,
  _overrides: unknown,
  context: ExecutorContext,
): AsyncGenerator<BatchItem> {
  yield* runGraph(graph, (id) => runStep(context.root, graph.tasks[id]!.target.project, inputs[id], id));
}

async function runStep(root: string, project: string, value: unknown, task: string): Promise<TaskResult> {
  const options = parseOptions(buildOptions, value, task);
  if (!options.ok) return toTaskResult(options);
  const directories = directoriesOf(root, process.env);
  const step = options.value.step === 'compile' ? compileStep : imageStep;
  const done = await step({ directories, project, options: options.value });
  const result = toTaskResult(done.ok ? ok(done.value.text) : done);
  // Nx must not cache a dry run: it would keep whatever lies in dist under the key of the plan.
  return options.value.dryRun && result.success ? { ...result, status: 'local-cache-kept-existing' } : result;
}
