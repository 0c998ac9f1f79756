import { join } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { ok, type Result } from '@prism-build/errors';
import { run } from '@prism-build/shell';
import { targetName } from '@prism-build/workspace';
import { openSiblings } from '../../nx/openSiblings';

/**
 * Builds the images of a project if Nx did not: `nx release` with --projects or --groups leaves out what the publish target depends
 * on, and dist/images may hold an older image.
 */
export async function buildLeftOut(project: string, context: ExecutorContext): Promise<Result<unknown>> {
  const { root, taskGraph } = context;
  const targets = [undefined, ...openSiblings(context).variantsOf(project)]
    .map((variant) => targetName('build-image', variant))
    .filter((target) => taskGraph?.tasks[`${project}:${target}`] === undefined);
  if (targets.length === 0) return ok(undefined);
  const nx = join(root, 'node_modules', '.bin', 'nx');
  return run({
    argv: [nx, 'run-many', `--targets=${targets.join(',')}`, `--projects=${project}`],
    cwd: root,
  });
}
