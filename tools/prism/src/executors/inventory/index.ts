import { join, relative } from 'node:path';
import { ok } from '@prism-build/errors';
import { cachedVersion, publishInventories } from '@prism-build/scan';
import { imageKey } from '@prism-build/workspace';
import type { TaskResult } from '../../nx/batch';
import { batchExecutor, type ExecutorTask } from '../../nx/batchExecutor';
import { parseOptions } from '../../nx/parseOptions';
import { toTaskResult } from '../../nx/report';
import { inventoryDirectory, type OpenScanner, openImage, openScanners } from '../../scanning/openImage';
import { readPolicy } from '../../scanning/readPolicy';
import { options as inventoryOptions } from './options';

/** The `inventory` executor: a CycloneDX inventory for each platform under dist/inventory. */
export const { execute, executeBatch } = batchExecutor(openScanners, takeInventory);

async function takeInventory(
  { project, target, options: value, context }: ExecutorTask,
  openScanner: OpenScanner,
): Promise<TaskResult> {
  const options = parseOptions(inventoryOptions, value, `${project}:${target}`);
  if (!options.ok) return toTaskResult(options);
  const { variant } = options.value;
  const root = context.projectsConfigurations?.projects[project]?.root ?? '.';
  const policy = await readPolicy(context.root, root, options.value.policy);
  if (!policy.ok) return toTaskResult(policy);
  const scanner = await openScanner(context, policy.value.policy);
  if (!scanner.ok) return toTaskResult(scanner);
  const opened = await openImage(project, variant, scanner.value, context);
  if (!opened.ok) return toTaskResult(opened);
  const directory = inventoryDirectory(context.root, project, variant);
  const { image, inventories } = opened.value;
  const files = await publishInventories(
    directory,
    image,
    scanner.value.scanner,
    inventories,
    imageKey(project, variant),
  );
  if (!files.ok) return toTaskResult(files);
  const lines = files.value.map((file) => `  ${relative(context.root, join(directory, file))}\n`);
  const result = toTaskResult(ok(lines.join('')));
  // The key names the pinned version only.
  const isPinned = scanner.value.scanner.identity.startsWith(`trivy ${cachedVersion} `);
  return isPinned ? result : { ...result, status: 'local-cache-kept-existing' };
}
