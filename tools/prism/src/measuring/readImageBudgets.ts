import type { ExecutorContext } from '@nx/devkit';
import type { Result } from '@prism-build/errors';
import { type Budget, type BudgetTexts, readBudgets } from '@prism-build/measure';
import { targetName } from '@prism-build/workspace';
import { placeOfOption } from '../nx/placeOfOption';

const languages = ['go', 'rust', 'python', 'c'] as const;

/** The language of a project's compile stage: inference names it among the technologies of the project. */
export function languageOf(project: string, { projectsConfigurations }: ExecutorContext) {
  const { targets, metadata } = projectsConfigurations?.projects[project] ?? {};
  return targets?.compile && languages.find((one) => metadata?.technologies?.includes(one));
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
