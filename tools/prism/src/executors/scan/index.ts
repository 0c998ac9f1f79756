import type { ExecutorContext, TaskGraph } from '@nx/devkit';
import { type BatchItem, runGraph, type TaskResult } from '../../nx/batch';
import { parseOptions } from '../../nx/parseOptions';
import { toTaskResult } from '../../nx/report';
import { options as scanOptions } from './options';
import { type OpenDatabase, openDatabases, scanStep } from './scanStep';

/** One task of the `scan` executor, outside of a batch. */
export async function execute(options: unknown, context: ExecutorContext): Promise<{ success: boolean }> {
  const result = await scan(context.projectName!, context.targetName!, options, context, openDatabases());
  process.stdout.write(result.terminalOutput);
  return { success: result.success };
}

/** The scans of a whole graph in one process, which hashes the database once. */
export async function* executeBatch(
  graph: TaskGraph,
  inputs: Record<string, unknown>,
  _overrides: unknown,
  context: ExecutorContext,
): AsyncGenerator<BatchItem> {
  const open = openDatabases();
  yield* runGraph(graph, (id) => {
    const { project, target } = graph.tasks[id]!.target;
    return scan(project, target, inputs[id], context, open);
  });
}

async function scan(
  project: string,
  target: string,
  value: unknown,
  context: ExecutorContext,
  open: OpenDatabase,
): Promise<TaskResult> {
  const options = parseOptions(scanOptions, value, `${project}:${target}`);
  if (!options.ok) return toTaskResult(options);
  const done = await scanStep(project, options.value, context, open);
  return done.ok ? { success: done.value.allowed, terminalOutput: done.value.text } : toTaskResult(done);
}
