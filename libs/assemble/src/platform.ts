import { failed, ok, type Result } from '@prism-build/errors';
import type { Content } from '@prism-build/oci';
import type { PlatformPlan } from '@prism-build/plan';
import { checkArchitectures } from './architecture';
import { type Images, noImages } from './base/images';
import type { Tree } from './node';
import { type AssembledStage, assembleStage, type Sources } from './stage';

/** What the final stage of one platform adds to its base: a tree for each layer, and the history. */
export interface AssembledPlatform {
  readonly plan: PlatformPlan;
  readonly layers: readonly Tree[];
  readonly history: readonly { readonly createdBy: string; readonly emptyLayer: boolean }[];
}

/** What the stages of a platform copy from, besides each other. */
export type PlatformSources = Omit<Sources, 'stage' | 'images'> & { readonly images?: Images };

/**
 * Assembles the stages of a platform in order; the last one is the image. Pure but for reading files, and for the
 * contents of images' files that `images` provides.
 */
export async function assemblePlatform(
  plan: PlatformPlan,
  containerfile: string,
  { images = noImages, ...trees }: PlatformSources,
): Promise<Result<AssembledPlatform>> {
  const done = new Map<number, AssembledStage>();
  // Where no step looks at files, those of a base need not be known.
  const touched = plan.stages.some(({ steps }) => steps.some(({ op }) => op !== 'config'));
  let last: AssembledStage | undefined;
  for (const stage of plan.stages) {
    const known = touched ? images : noImages;
    const sources = { ...trees, images: known, stage: (index: number) => done.get(index)! };
    const assembled = await assembleStage(stage, containerfile, sources);
    if (!assembled.ok) return assembled;
    last = assembled.value;
    done.set(stage.index, last);
  }
  const { layers } = last!;
  const nodes = layers.flatMap(({ entries }) => [...entries]);
  const files = nodes.flatMap(([, node]) => (node.type === 'file' ? [node.content] : []));
  const provided = await images.provide(files);
  if (!provided.ok) return provided;
  const packaged = contentsOf(trees.rootfs);
  const wrong = checkArchitectures(new Map(nodes), plan.platform, containerfile, packaged);
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
