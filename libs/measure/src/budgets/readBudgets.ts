import { failed, measureFailure, ok, type Place, type Result } from '@prism-build/errors';
import type { JudgedBudget } from '../report/schema';
import { parseQuantity, type Quantity, type Unit } from './quantity';

export type BudgetName = JudgedBudget['name'];

/** A budget of an image. */
export interface Budget {
  readonly name: BudgetName;
  /** As it is written. */
  readonly text: string;
  readonly limit: Quantity;
  readonly from: 'set' | 'default';
  readonly at?: Place | undefined;
}

/** Texts of budgets by name, as options have them. */
export type BudgetTexts = Readonly<Partial<Record<BudgetName, string | undefined>>>;

const allowed: Readonly<Record<BudgetName, readonly Unit[]>> = {
  maxSize: ['bytes'],
  maxStartup: ['ms', 'ratio'],
  maxMemory: ['bytes'],
  maxGrowth: ['percent', 'bytes'],
};

const examples: Readonly<Record<BudgetName, string>> = {
  maxSize: '10 MB',
  maxStartup: '20 ms',
  maxMemory: '10 MB',
  maxGrowth: '5 %',
};

/** Budgets of images whose compile stage is of a language. An option of the same name replaces one. */
const defaults: Readonly<Record<string, BudgetTexts | undefined>> = {
  go: { maxSize: '10 MB', maxStartup: '20 ms', maxMemory: '10 MB' },
  rust: { maxSize: '6 MB', maxStartup: '10 ms' },
  python: { maxSize: '45 MB', maxStartup: '500 ms' },
};

/**
 * The budgets of an image: those that options set, and the defaults of its language for the others. `none` switches one off.
 * `placeOf` finds where an option is written. Failures: BUDGET_INVALID, one for each text that is no quantity.
 */
export function readBudgets(
  set: BudgetTexts,
  language: string | undefined,
  placeOf: (name: BudgetName, text: string) => Place | undefined,
): Result<readonly Budget[]> {
  const usual = language === undefined ? undefined : defaults[language];
  const budgets: Budget[] = [];
  const failures = [];
  for (const name of Object.keys(allowed) as BudgetName[]) {
    const text = set[name] ?? usual?.[name];
    if (text === undefined || text === 'none') continue;
    const limit = parseQuantity(text, allowed[name]);
    const from = set[name] === undefined ? 'default' : 'set';
    const at = from === 'set' ? placeOf(name, text) : undefined;
    if ('why' in limit) {
      const remedy = `Write ${name} as in ${JSON.stringify(examples[name])}, or "none".`;
      failures.push(
        measureFailure('BUDGET_INVALID', {
          what: `the budget ${name} is no quantity: ${limit.why}`,
          remedy,
          at,
        }),
      );
    } else budgets.push({ name, text, limit, from, at });
  }
  return failures.length > 0 ? failed(...failures) : ok(budgets);
}
