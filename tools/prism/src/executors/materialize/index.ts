import { join, relative } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { ok, type Result } from '@prism-build/errors';
import { materialize } from '@prism-build/oci';
import { imageKey, lockPath } from '@prism-build/workspace';
import { parseOptions } from '../../nx/parseOptions';
import { readVerifiedImage } from '../../nx/readVerifiedImage';
import { endTask } from '../../nx/report';
import { options as materializeOptions } from './options';

/**
 * The `materialize` executor: a complete OCI layout of an image. The only descriptor in its index.json is the image
 * index.
 */
export async function execute(options: unknown, context: ExecutorContext): Promise<{ success: boolean }> {
  return endTask(await run(options, context));
}

async function run(value: unknown, context: ExecutorContext): Promise<Result<string>> {
  const project = context.projectName!;
  const options = parseOptions(materializeOptions, value, `${project}:${context.targetName}`);
  if (!options.ok) return options;
  const verified = await readVerifiedImage(project, options.value.variant, context);
  if (!verified.ok) return verified;
  const { directories, directory, store, image, fetchBases } = verified.value;
  const key = imageKey(project, options.value.variant);
  const outDir = join(context.root, options.value.outputPath ?? join('dist', 'layouts', key));
  const made = await materialize({
    store,
    imageDirs: [directory],
    outDir,
    fetch: () => fetchBases(image.platforms.flatMap(({ layers }) => layers)),
    lockPath: lockPath(directories, `layout-${key}`),
  });
  return made.ok ? ok(`  ${relative(context.root, outDir)}  ${made.value.digest}\n`) : made;
}
