import { failed, ok, type Result } from '@prism-build/errors';
import type { PlatformPlan } from '@prism-build/plan';
import { checkArchitectures } from './architecture';
import { type Images, noImages } from './base/images';
import { type Commands, noCommands } from './commands';
import { contentsOf, type Node, type Tree } from './node';
import type { AssembledStage, Sources, StageLayer } from './sources';
import { assembleStage } from './stage';

/** The final stage of one platform, without its base: a tree for each layer, and the history. */
export interface AssembledPlatform {
  readonly plan: PlatformPlan;
  /** Those that are not empty. */
  readonly layers: readonly StageLayer[];
  readonly history: readonly { readonly createdBy: string; readonly emptyLayer: boolean }[];
}

/** The sources that the stages of a platform copy from, other than stages. */
type PlatformSources = Omit<Sources, 'stage' | 'images' | 'commands'> & {
  readonly images?: Images;
  readonly commands?: Commands;
};

/**
 * Assembles the stages of a platform in order; the last one is the image. Its only effects are reading files and the
 * file contents that `images` provides.
 */
export async function assemblePlatform(
  plan: PlatformPlan,
  containerfile: string,
  { images = noImages, commands = noCommands, ...trees }: PlatformSources,
): Promise<Result<AssembledPlatform>> {
  const done = new Map<number, AssembledStage>();
  // If no step looks at files, the files of the base are not listed.
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
  // A layer contains a file even if a later layer hides it.
  const provided = await images.provide(layers.flatMap(({ entries }) => contentsOf(entries)));
  if (!provided.ok) return provided;
  // Locked packages are not checked: a cross compiler legitimately contains libraries of another architecture.
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
