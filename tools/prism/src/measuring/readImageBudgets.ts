import type { ExecutorContext } from '@nx/devkit';
import type { Result } from '@prism-build/errors';
import { type Budget, type BudgetTexts, readBudgets } from '@prism-build/measure';
import { targetName } from '@prism-build/workspace';
import { placeOfOption } from '../nx/placeOfOption';

/** The language of the compile stage of a project, as its `compile` target names it. */
export function languageOf(project: string, { projectsConfigurations }: ExecutorContext): string | undefined {
  const { compile } = projectsConfigurations?.projects[project]?.targets ?? {};
  return compile?.metadata?.technologies?.[0];
}

/**
 * The budgets of an image, from options of its bench target. Defaults of languages are for default images only: debug images
 * contain a shell on purpose. Failures: BUDGET_INVALID, with the line in project.json or nx.json.
 */
export function readImageBudgets(
  project: string,
  variant: string | undefined,
  options: BudgetTexts,
  context: ExecutorContext,
): Result<readonly Budget[]> {
  const directory = context.projectsConfigurations?.projects[project]?.root ?? '.';
  const target = targetName('bench', variant);
  const language = variant === undefined ? languageOf(project, context) : undefined;
  return readBudgets(options, language, (name, value) =>
    placeOfOption(context.root, { directory, target, executor: 'prism:bench', name, value }),
  );
}
