import type { ExecutorContext } from '@nx/devkit';
import { type Failure, ok, type Result } from '@prism-build/errors';
import { judgeSizes, readSizes } from '@prism-build/measure';
import type { DigestJson } from '@prism-build/oci';
import { imageKey, targetName } from '@prism-build/workspace';
import { readImageBudgets } from '../../measuring/readImageBudgets';
import { parseOptions } from '../../nx/parseOptions';
import { findBaseline } from './findBaseline';
import { options as benchOptions } from './options';
import { readImageContents } from './readImage';
import { refuse } from './refuse';

/**
 * The budgets of size that an image exceeds, as reasons not to push it. With the options of its bench target, so that there is one
 * place for them; defaults of languages do not count, because nobody decided on them.
 */
export async function listExcesses(
  project: string,
  variant: string | undefined,
  image: DigestJson,
  context: ExecutorContext,
): Promise<Result<readonly Failure[]>> {
  const name = targetName('bench', variant);
  const given = context.projectsConfigurations?.projects[project]?.targets?.[name]?.options ?? {};
  const options = parseOptions(benchOptions, { ...given, variant }, `${project}:${name}`);
  if (!options.ok) return options;
  const read = readImageBudgets(project, variant, options.value, context);
  if (!read.ok) return read;
  const budgets = read.value.filter(({ from }) => from === 'set');
  const grows = budgets.some((budget) => budget.name === 'maxGrowth');
  const baseline = grows ? await findBaseline(project, options.value, context) : ok(undefined);
  if (!baseline.ok) return baseline;
  const judged = judgeSizes(budgets, readSizes(image), baseline.value);
  if (judged.every(({ verdict }) => verdict !== 'over')) return ok([]);
  const contents = await readImageContents(project, variant, context);
  if (!contents.ok) return contents;
  return refuse(imageKey(project, variant), name, judged, {
    ...{ project, contents: contents.value, baseline: baseline.value, context },
  });
}
