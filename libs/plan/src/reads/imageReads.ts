import {
  type ContextSource,
  contextSources,
  formatPlatform,
  listNeeds,
  type Platform,
  type Resolution,
  type ResolvedStage,
  type ResolvedStages,
} from '@prism-build/containerfile';
import { findCompileStage } from '../compileStage';
import { listNames } from '../listNames';
import { distinct } from './distinct';
import type { ImageReads, ImageUse, PlatformReads } from './reads';

export interface PlatformStages {
  readonly platform: Platform;
  readonly resolution: ResolvedStages;
}

interface Picked extends PlatformReads {
  readonly compiled: boolean;
}

/**
 * The stages that a target is made of. Another target makes the tree of the recognised compile stage, so the stages
 * that it needs are not included.
 */
export function pickStages(
  platform: Platform,
  { stages, target }: Pick<Resolution, 'stages' | 'target'>,
  recognised: boolean,
): Picked {
  const compile = recognised ? findCompileStage(stages) : -1;
  const needed = new Set<number>();
  let compiled = false;
  const visit = (index: number): void => {
    if (index === compile) compiled = true;
    if (index === compile || needed.has(index)) return;
    needed.add(index);
    listNeeds(stages[index]!).forEach(visit);
  };
  visit(target);
  const order = [...needed].sort((a, b) => a - b);
  return { platform, stages: order.map((index) => stages[index]!), target, compile, compiled };
}

export function collectImage(
  picked: readonly Picked[],
  file: string,
  contexts: readonly string[],
): ImageReads {
  // Platforms that resolve to the same share their instructions.
  const stages = [
    ...new Map(picked.flatMap((one) => one.stages.map((stage) => [stage.instructions, stage]))).values(),
  ];
  const names = stages.flatMap(({ instructions }) => instructions.flatMap(listNames));
  return {
    platforms: picked.map(({ compiled: _, ...one }) => one),
    sources: distinct(contextSources(stages), keyOf),
    images: distinct(
      picked.flatMap((one) => one.stages.flatMap((stage) => imagesOf(stage, one.platform, file, contexts))),
      ({ reference, platform, at }) => `${reference} ${formatPlatform(platform)} ${at.line}`,
    ),
    contexts: contexts.filter((name) => names.includes(name)),
    compiled: picked.some(({ compiled }) => compiled),
  };
}

/** Sources of one line and stage differ if their variables differ by platform. */
function keyOf({ keyword, stage, line, source, chmod, exclude }: ContextSource): string {
  const from = source.kind === 'path' ? `${source.path}\0${source.directory}` : source.url;
  return [keyword, stage, line, chmod, from, ...exclude].join('\0');
}

function imagesOf(
  { base, line, platform: own, instructions }: ResolvedStage,
  platform: Platform,
  file: string,
  contexts: readonly string[],
): ImageUse[] {
  const copied = instructions.flatMap((one) =>
    listNames(one)
      .filter((name) => !contexts.includes(name))
      .map((reference) => ({ reference, platform, at: { file, line: one.line } })),
  );
  return base.kind === 'image'
    ? [{ reference: base.reference, platform: own, at: { file, line } }, ...copied]
    : copied;
}
