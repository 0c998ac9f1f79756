import { type Failure, measureFailure, ok, type Result } from '@prism-build/errors';
import { describeExcess, type JudgedBudget } from '@prism-build/measure';
import { type Explained, explainExcess } from './explainExcess';

/** A failure for each budget that is exceeded; for budgets of size with what grew, by package. */
export async function refuse(
  image: string,
  target: string,
  budgets: readonly JudgedBudget[],
  explained: Explained,
): Promise<Result<readonly Failure[]>> {
  const failures: Failure[] = [];
  for (const budget of budgets) {
    if (budget.verdict !== 'over') continue;
    const why = budget.platform === undefined ? ok(undefined) : await explainExcess(budget, explained);
    if (!why.ok) return why;
    const what = describeExcess(image, budget);
    failures.push(
      measureFailure('BUDGET_EXCEEDED', {
        what,
        why: why.value,
        remedy: adviseOn(budget, target),
        at: budget.at,
      }),
    );
  }
  return ok(failures);
}

function adviseOn({ name, from, at }: JudgedBudget, target: string): string {
  if (from === 'default')
    return `Remove what is not needed, or set "${name}" in project.json: "targets": { "${target}": { "options": { "${name}": "<quantity>" } } }.`;
  return `Remove what grew, or raise ${name}${at ? ` in ${at.file}:${at.line}` : ''}.`;
}
