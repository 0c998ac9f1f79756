import { failed, ok, type Result } from '@prism-build/errors';
import type { Content } from '@prism-build/oci';
import type { PlatformPlan } from '@prism-build/plan';
import { checkArchitectures } from './architecture';
import type { Tree } from './node';
import { type AssembledStage, assembleStage } from './stage';

/** What the final stage of one platform holds: a tree for each layer, and the history. */
export interface AssembledPlatform {
  readonly plan: PlatformPlan;
  readonly layers: readonly Tree[];
  readonly history: readonly { readonly createdBy: string; readonly emptyLayer: boolean }[];
}

/** Assembles the stages of a platform in order; the last one is the image. Pure but for reading files. */
export async function assemblePlatform(
  plan: PlatformPlan,
  containerfile: string,
  context: Tree,
  compile: Tree | undefined,
  rootfs?: Tree,
): Promise<Result<AssembledPlatform>> {
  const done = new Map<number, AssembledStage>();
  let last: AssembledStage | undefined;
  for (const stage of plan.stages) {
    const sources = { context, compile, rootfs, stage: (index: number) => done.get(index)! };
    const assembled = await assembleStage(stage, containerfile, sources);
    if (!assembled.ok) return assembled;
    last = assembled.value;
    done.set(stage.index, last);
  }
  const { layers, tree } = last!;
  const wrong = checkArchitectures(tree, plan.platform, containerfile, contentsOf(rootfs));
  if (wrong.length > 0) return failed(...wrong);
  return ok({
    plan,
    layers: layers.map(({ entries }) => entries).filter((entries) => entries.size > 0),
    history: layers.map(({ text, entries }) => ({ createdBy: text, emptyLayer: entries.size === 0 })),
  });
}

/** Locked packages say themselves what they are for: a cross compiler brings libraries of another architecture. */
function contentsOf(tree: Tree | undefined): ReadonlySet<Content> {
  return new Set([...(tree ?? [])].flatMap(([, node]) => (node.type === 'file' ? [node.content] : [])));
}
