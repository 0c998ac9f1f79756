import { join } from 'node:path';
import { ok, type Result } from '@prism-build/errors';
import { recogniseCommand } from '@prism-build/languages';
import type { CompilePlan } from '@prism-build/plan';
import { compileWork } from '../compileWork';
import { stageTree, wideTree } from '../stageTree';
import type { StepInput } from '../step';
import { forgetReading, listExtra, listRead, listReads, mayLackFiles, type Widened } from '../widen';
import { type CompiledTree, compileTree } from './compileTree';

export interface Compiled extends CompiledTree {
  readonly widened?: Widened;
}

/**
 * Compiles the tree that the cache key covers. If that fails and COPY takes more files, compiles again with all of them.
 * If this succeeds, the compiler read files that the key does not cover: they are reported for the option alsoReads, and
 * the result is not cached.
 */
export async function compilePlanned(input: StepInput, plan: CompilePlan): Promise<Result<Compiled>> {
  const { directories, options } = input;
  const { root } = directories;
  const narrow = stageTree(root, plan, options.alsoReads);
  if (!narrow.ok) return narrow;
  const done = await compileTree(input, plan, narrow.value);
  const { language } = recogniseCommand(plan.argv)!;
  if (done.ok || !mayLackFiles(language, done.failures)) return done;
  const wide = wideTree(root, plan);
  const extra = wide.ok ? listExtra(wide.value, narrow.value) : [];
  if (!wide.ok || extra.length === 0) return done;
  const source = join(compileWork(input), 'source');
  const whole = await compileTree({ ...input, force: true }, plan, wide.value, () =>
    forgetReading(source, extra),
  );
  if (!whole.ok) return whole;
  const trees = { wide: wide.value, narrow: narrow.value, context: join(root, plan.context) };
  const widened = listReads(listRead(source, extra), trees);
  const proved = await compileWith(input, plan, [...options.alsoReads, ...widened.alsoReads], whole.value);
  return ok({ ...whole.value, widened: proved ? widened : { ...widened, alsoReads: ['.'] } });
}

/** Whether a compile with these additional paths gives the same result as a compile with all paths. */
async function compileWith(
  input: StepInput,
  plan: CompilePlan,
  alsoReads: readonly string[],
  expected: Compiled,
): Promise<boolean> {
  const tree = stageTree(input.directories.root, plan, alsoReads);
  const done = tree.ok ? await compileTree(input, plan, tree.value) : tree;
  return done.ok && JSON.stringify(done.value.manifest) === JSON.stringify(expected.manifest);
}
