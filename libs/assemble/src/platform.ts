import { failed, ok, type Result } from '@prism-build/errors';
import type { PlatformPlan } from '@prism-build/plan';
import { checkArchitectures } from './architecture';
import { type Images, noImages } from './base/images';
import { type Commands, noCommands } from './commands';
import { contentsOf, type Node, type Tree } from './node';
import type { AssembledStage, Sources, StageLayer } from './sources';
import { assembleStage } from './stage';

/** What the final stage of one platform adds to its base: a tree for each layer, and the history. */
export interface AssembledPlatform {
  readonly plan: PlatformPlan;
  /** Those that are not empty. */
  readonly layers: readonly StageLayer[];
  readonly history: readonly { readonly createdBy: string; readonly emptyLayer: boolean }[];
}

/** What the stages of a platform copy from, besides each other. */
type PlatformSources = Omit<Sources, 'stage' | 'images' | 'commands'> & {
  readonly images?: Images;
  readonly commands?: Commands;
};

/**
 * Assembles the stages of a platform in order; the last one is the image. Pure but for reading files, and for the
 * contents of images' files that `images` provides.
 */
export async function assemblePlatform(
  plan: PlatformPlan,
  containerfile: string,
  { images = noImages, commands = noCommands, ...trees }: PlatformSources,
): Promise<Result<AssembledPlatform>> {
  const done = new Map<number, AssembledStage>();
  // Where no step looks at files, those of a base need not be known.
  const touched = plan.stages.some(({ steps }) => steps.some(({ op }) => op !== 'config'));
  let last: AssembledStage | undefined;
  for (const stage of plan.stages) {
    const known = touched ? images : noImages;
    const sources = { ...trees, images: known, commands, stage: (index: number) => done.get(index)! };
    const assembled = await assembleStage(stage, containerfile, sources);
    if (!assembled.ok) return assembled;
    last = assembled.value;
    done.set(stage.index, last);
  }
  const { layers } = last!;
  const nodes: Tree = new Map<string, Node>(layers.flatMap(({ entries }) => [...entries]));
  // A layer holds a file even where a later one hides it.
  const provided = await images.provide(layers.flatMap(({ entries }) => contentsOf(entries)));
  if (!provided.ok) return provided;
  // Locked packages say themselves what they are for: a cross compiler brings libraries of another architecture.
  const packaged = new Set(contentsOf(trees.rootfs ?? new Map()));
  const wrong = checkArchitectures(nodes, plan.platform, containerfile, packaged);
  if (wrong.length > 0) return failed(...wrong);
  return ok({
    plan,
    layers: layers.filter((layer) => !isEmpty(layer)),
    history: layers.map((layer) => ({ createdBy: layer.text, emptyLayer: isEmpty(layer) })),
  });
}

function isEmpty({ entries, packed }: StageLayer): boolean {
  return entries.size === 0 && packed === undefined;
}
