import type { ExecutorContext, TaskGraph } from '@nx/devkit';
import { buildOptions, type CompileManifest, compileStep, imageStep, rootfsStep } from '@prism-build/builder';
import { failed, ok, renderFailures } from '@prism-build/errors';
import { checkVariables, directoriesOf } from '@prism-build/workspace';
import { checkOutputs } from '../../cacheable/checkOutputs';
import { findUncovered } from '../../cacheable/coverage';
import { findEmptySubmodules } from '../../cacheable/emptySubmodules';
import { explainSources } from '../../cacheable/explainSources';
import { sayWidened } from '../../cacheable/sayWidened';
import { listUnhashed } from '../../cacheable/unhashed';
import { type BatchItem, runGraph, type TaskResult } from '../../nx/batch';
import { replaceInNxCache } from '../../nx/nxCache';
import { openSiblings } from '../../nx/openSiblings';
import { ownOptions } from '../../nx/ownOptions';
import { parseOptions } from '../../nx/parseOptions';
import { type AuditWriter, openAuditWriter } from '../../nx/recordAudit';
import { toTaskResult } from '../../nx/report';
import { toAuditEntry } from './toAuditEntry';

const steps = { compile: compileStep, image: imageStep, rootfs: rootfsStep };

/** One task of the `build` executor, outside of a batch. */
export async function execute(options: unknown, context: ExecutorContext): Promise<{ success: boolean }> {
  const { projectName: project, targetName: target, configurationName: configuration } = context;
  const id = [project, target, configuration].filter(Boolean).join(':');
  const task = { id, project: project!, target: target! };
  const audit = openAuditWriter(context.root);
  const { result } = await runStep(context, task, options, audit);
  process.stdout.write(result.terminalOutput);
  await endAudit(audit);
  return { success: result.success };
}

/** All tasks of the `build` executor that Nx found ready: compile and image steps of many projects together. */
export async function* executeBatch(
  graph: TaskGraph,
  inputs: Record<string, unknown>,
  _overrides: unknown,
  context: ExecutorContext,
): AsyncGenerator<BatchItem> {
  // Lets an image step reuse digests of files that the compile step of its project has just hashed and written.
  const made = new Map<string, CompileManifest>();
  const many = Object.keys(graph.tasks).length > 1;
  const audit = openAuditWriter(context.root);
  yield* runGraph(graph, async (id) => {
    const { project, target } = graph.tasks[id]!.target;
    const {
      result,
      manifest,
      notes = [],
    } = await runStep(context, { id, project, target }, inputs[id], audit, made.get(project));
    if (manifest) made.set(project, manifest);
    // Nx prints the output of a single task that succeeds, and nothing if there are several.
    if (many) process.stderr.write(notes.map((note) => `${project}: ${note}\n`).join(''));
    return result;
  });
  await endAudit(audit);
}

/** An image that was built and not recorded is an image nevertheless, so this is a warning. */
async function endAudit(audit: AuditWriter): Promise<void> {
  const ended = await audit.end();
  if (!ended.ok) process.stderr.write(`${renderFailures(ended.failures)}\n`);
}

interface StepResult {
  readonly result: TaskResult;
  readonly manifest?: CompileManifest | undefined;
  /** Reasons why the result is not cached or may become stale; also part of the output. */
  readonly notes?: readonly string[];
}

async function runStep(
  context: ExecutorContext,
  { id, project, target }: { readonly id: string; readonly project: string; readonly target: string },
  value: unknown,
  audit: AuditWriter,
  compiled?: CompileManifest,
): Promise<StepResult> {
  const options = parseOptions(buildOptions, ownOptions(context, id, value), `${project}:${target}`);
  if (!options.ok) return { result: toTaskResult(options) };
  const { root, projectsConfigurations } = context;
  const configured = projectsConfigurations?.projects[project];
  const variables = checkVariables(root, configured?.root ?? '.', options.value.buildArgs);
  if (!variables.ok) return { result: toTaskResult(variables) };
  const submodules = findEmptySubmodules(root, options.value);
  if (submodules.needed.length > 0) return { result: toTaskResult(failed(...submodules.needed)) };
  const directories = directoriesOf(root, process.env);
  const step = steps[options.value.step];
  const siblings = openSiblings(context);
  const done = await step({
    directories,
    project,
    options: options.value,
    siblings,
    compiled,
    replaceCached: replaceInNxCache,
  });
  if (options.value.step === 'image' && !options.value.dryRun)
    audit.add(toAuditEntry(project, options.value.variant, done));
  if (!done.ok) {
    const failures = explainSources(root, options.value, done.failures);
    return { result: toTaskResult(failed(...submodules.contained, ...failures)) };
  }
  const { text, reads, manifest, widened } = done.value;
  const plain = toTaskResult(ok(text));
  // A dry run must not be cached: Nx would store the present content of dist.
  if (options.value.dryRun) return { result: uncached(plain) };
  if (!reads) return { result: plain };
  const outputs = checkOutputs(context, id, project, options.value, reads);
  const unhashed = (await listUnhashed(root, options.value, reads)).filter(
    (file) => !outputs.waitedFor(file),
  );
  const uncovered = findUncovered(root, options.value, configured, target, reads);
  // Nx prints nothing of a batch's task that succeeds.
  if (widened) process.stderr.write(sayWidened(root, configured?.root ?? '.', project, widened));
  const notes = [
    ...outputs.notes,
    ...explainUnhashed(unhashed),
    ...(uncovered ? [`not cached: ${uncovered}`] : []),
  ];
  const result = toTaskResult(ok(`${text}${notes.map((note) => `  ${note}\n`).join('')}`));
  // A result must not be cached either if the key does not cover everything that was read.
  const cacheable =
    outputs.cacheable && unhashed.length === 0 && uncovered === undefined && widened === undefined;
  return { result: cacheable ? result : uncached(result), manifest, notes };
}

/** The exit status that makes Nx skip its cache. */
function uncached(result: TaskResult): TaskResult {
  return { ...result, status: 'local-cache-kept-existing' };
}

function explainUnhashed(files: readonly string[]): string[] {
  if (files.length === 0) return [];
  const more = files.length > 1 ? ` and ${files.length - 1} more` : '';
  return [`not cached: git ignores ${files[0]}${more}, which Nx 23 keeps out of every key (Nx 24 does not)`];
}
