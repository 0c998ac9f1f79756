import type { ExecutorContext, TaskGraph } from '@nx/devkit';
import { ok } from '@prism-build/errors';
import { checkVariables } from '../workspace/buildArgs';
import { directoriesOf } from '../workspace/directories';
import { parseOptions } from '../workspace/parseOptions';
import { toTaskResult } from '../workspace/report';
import { type BatchItem, runGraph, type TaskResult } from './batch';
import type { CompileManifest } from './compileManifest';
import { compileStep } from './compileStep';
import { findUncovered } from './coverage';
import { imageStep } from './imageStep';
import { openSiblings } from './openSiblings';
import { buildOptions } from './options';
import { rootfsStep } from './rootfsStep';
import { sayWidened } from './sayWidened';
import { listUnhashed } from './unhashed';

const steps = { compile: compileStep, image: imageStep, rootfs: rootfsStep };

/** One task of the `build` executor, outside of a batch. */
export async function build(options: unknown, context: ExecutorContext): Promise<{ success: boolean }> {
  const task = { project: context.projectName!, target: context.targetName! };
  const { result } = await runStep(context, task, options);
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
  // An image step need not hash again what the compile step of its project hashed and wrote a moment ago.
  const made = new Map<string, CompileManifest>();
  yield* runGraph(graph, async (id) => {
    const { target } = graph.tasks[id]!;
    const { result, manifest } = await runStep(context, target, inputs[id], made.get(target.project));
    if (manifest) made.set(target.project, manifest);
    return result;
  });
}

interface StepResult {
  readonly result: TaskResult;
  readonly manifest?: CompileManifest | undefined;
}

async function runStep(
  context: ExecutorContext,
  { project, target }: { readonly project: string; readonly target: string },
  value: unknown,
  compiled?: CompileManifest,
): Promise<StepResult> {
  const options = parseOptions(buildOptions, value, `${project}:${target}`);
  if (!options.ok) return { result: toTaskResult(options) };
  const { root, projectsConfigurations } = context;
  const configured = projectsConfigurations?.projects[project];
  const variables = checkVariables(root, configured?.root ?? '.', options.value.buildArgs);
  if (!variables.ok) return { result: toTaskResult(variables) };
  const directories = directoriesOf(root, process.env);
  const step = steps[options.value.step];
  const siblings = openSiblings(context);
  const done = await step({ directories, project, options: options.value, siblings, compiled });
  const reads = done.ok && !options.value.dryRun ? done.value.reads : undefined;
  const unhashed = reads ? await listUnhashed(root, options.value, reads) : [];
  const configuration = configured?.targets?.[target];
  const uncovered = reads ? findUncovered(root, options.value, configuration, reads) : undefined;
  const widened = done.ok ? done.value.widened : undefined;
  // Nx shows nothing of what a batch says of a task that succeeds.
  if (widened) process.stderr.write(sayWidened(root, configured?.root ?? '.', project, widened));
  const notes = `${explainUnhashed(unhashed)}${uncovered ? `  not cached: ${uncovered}\n` : ''}`;
  const result = toTaskResult(done.ok ? ok(`${done.value.text}${notes}`) : done);
  // Nx must not cache a dry run, which would keep whatever lies in dist, nor what its key does not cover.
  const cacheable =
    !options.value.dryRun && unhashed.length === 0 && uncovered === undefined && widened === undefined;
  const status = result.success && !cacheable ? { status: 'local-cache-kept-existing' } : {};
  return { result: { ...result, ...status }, manifest: done.ok ? done.value.manifest : undefined };
}

function explainUnhashed(files: readonly string[]): string {
  if (files.length === 0) return '';
  const more = files.length > 1 ? ` and ${files.length - 1} more` : '';
  return `  not cached: git ignores ${files[0]}${more}, which Nx 23 keeps out of every key (Nx 24 does not)\n`;
}
