import { ok, type Result } from '@prism-build/errors';
import type { CopyStep, StagePlan } from '@prism-build/plan';
import { noImages } from './base/images';
import { listWhiteouts } from './changes';
import { copyStep } from './copyStep';
import { type ChangedTree, unchanged } from './draft';
import type { Node, Tree } from './node';
import { runStep } from './runStep';
import type { AssembledStage, Sources } from './sources';
import { withParents } from './tree';
import { makeWorkdir } from './workdir';

/**
 * Runs the steps of a stage on trees. Uses no clock; only `commands` starts processes, and only `images` and `commands`
 * write files. Returns the stage's own layers, without those of its base.
 */
export async function assembleStage(
  plan: StagePlan,
  file: string,
  sources: Sources,
): Promise<Result<AssembledStage>> {
  const base = plan.base === undefined ? undefined : sources.stage(plan.base);
  const image = plan.image && (await sources.images.tree(plan.image));
  if (image && !image.ok) return image;
  const below = plan.image ?? base?.image;
  let layers = [...(base?.layers ?? [])];
  const first = plan.steps[0]?.op;
  // Podman creates a missing WORKDIR of the base with the first instruction: after a copy, before a RUN. It does not if
  // that instruction is itself a WORKDIR.
  const named = sources.images === noImages || first === 'directory' ? undefined : plan.image?.workingDir;
  const makeNamed = (tree: Tree) =>
    makeWorkdir(tree, { path: named!, owner: plan.image?.user }, { file }, sources.images);
  const start = image?.value ?? base?.tree ?? new Map();
  const made =
    named && first !== undefined && first !== 'copy' ? await makeNamed(start) : ok(unchanged(start));
  if (!made.ok) return made;
  let { tree } = made.value;
  for (const [at, step] of plan.steps.entries()) {
    const place = { file, line: step.line };
    const before = at === 0 ? made.value : unchanged(tree);
    if (step.op === 'run') {
      // The missing WORKDIR was created before the command ran, so the command's layer must not contain it.
      if (before.changed.size > 0) layers.push({ text: 'WORKDIR of the base', entries: entriesOf(before) });
      const done = await runStep({ tree, layers, image: below }, step, file, sources);
      if (!done.ok) return done;
      tree = done.value.tree;
      layers = [...done.value.layers];
      continue;
    }
    let done: Result<ChangedTree> = ok(before);
    if (step.op === 'directory') done = await makeWorkdir(tree, step, place, sources.images);
    if (step.op === 'copy') {
      const copied = await copyStep(tree, at === 0 ? intoNamed(step, named) : step, place, sources);
      done = copied.ok && at === 0 && named ? await changeFurther(copied.value, makeNamed) : copied;
    }
    if (!done.ok) return done;
    tree = done.value.tree;
    layers.push({ text: step.text, entries: entriesOf(done.value) });
  }
  return ok({ tree, layers, image: below });
}

/** The WORKDIR of a base counts as a directory even if it does not exist yet. */
function intoNamed(step: CopyStep, named: string | undefined): CopyStep {
  return step.destination === named ? { ...step, destination: `${step.destination}/` } : step;
}

/** Two consecutive changes of a tree as one. */
async function changeFurther(
  before: ChangedTree,
  change: (tree: Tree) => Promise<Result<ChangedTree>>,
): Promise<Result<ChangedTree>> {
  const after = await change(before.tree);
  if (!after.ok) return after;
  const { tree, changed, removed } = after.value;
  return ok({
    tree,
    changed: new Set([...before.changed, ...changed]),
    removed: new Set([...before.removed, ...removed]),
  });
}

/**
 * The changed paths as a layer, including their parent directories. An engine creates missing parents with a default
 * mode, which would hide the mode that a lower layer set. A copy may replace a directory by a file and that by another
 * directory: whiteouts then hide what lower layers have below it.
 */
function entriesOf({ tree, changed, removed }: ChangedTree): Tree {
  return withParents(tree, [
    ...[...changed].map((path): [string, Node] => [path, tree.get(path)!]),
    ...listWhiteouts(tree, removed),
  ]);
}
