import { join, relative } from 'node:path';
import type { ExecutorContext, TaskGraph } from '@nx/devkit';
import { ok } from '@prism-build/errors';
import { cachedVersion, publishInventories } from '@prism-build/scan';
import { type BatchItem, runGraph, type TaskResult } from '../../nx/batch';
import { parseOptions } from '../../nx/parseOptions';
import { toTaskResult } from '../../nx/report';
import { inventoryDirectory, openImage, openScanner } from '../../scanning/openImage';
import { readPolicy } from '../../scanning/readPolicy';
import { options as inventoryOptions } from './options';

/** The `inventory` executor: a CycloneDX inventory for each platform under dist/inventory. */
export async function execute(options: unknown, context: ExecutorContext): Promise<{ success: boolean }> {
  const result = await takeInventory(context.projectName!, context.targetName!, options, context);
  process.stdout.write(result.terminalOutput);
  return { success: result.success };
}

export async function* executeBatch(
  graph: TaskGraph,
  inputs: Record<string, unknown>,
  _overrides: unknown,
  context: ExecutorContext,
): AsyncGenerator<BatchItem> {
  yield* runGraph(graph, (id) => {
    const { project, target } = graph.tasks[id]!.target;
    return takeInventory(project, target, inputs[id], context);
  });
}

async function takeInventory(
  project: string,
  target: string,
  value: unknown,
  context: ExecutorContext,
): Promise<TaskResult> {
  const options = parseOptions(inventoryOptions, value, `${project}:${target}`);
  if (!options.ok) return toTaskResult(options);
  const { variant } = options.value;
  const root = context.projectsConfigurations?.projects[project]?.root ?? '.';
  const policy = readPolicy(context.root, root, options.value.policy);
  if (!policy.ok) return toTaskResult(policy);
  const scanner = await openScanner(context, policy.value);
  if (!scanner.ok) return toTaskResult(scanner);
  const opened = await openImage(project, variant, scanner.value, context);
  if (!opened.ok) return toTaskResult(opened);
  const directory = inventoryDirectory(context.root, project, variant);
  const { image, inventories } = opened.value;
  const files = await publishInventories(directory, image, scanner.value, inventories);
  if (!files.ok) return toTaskResult(files);
  const lines = files.value.map((file) => `  ${relative(context.root, join(directory, file))}\n`);
  const result = toTaskResult(ok(lines.join('')));
  // The key names the pinned version only.
  const isPinned = scanner.value.identity.startsWith(`trivy ${cachedVersion} `);
  return isPinned ? result : { ...result, status: 'local-cache-kept-existing' };
}
