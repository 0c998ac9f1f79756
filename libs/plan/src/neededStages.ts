import {
  listNeeds,
  type Platform,
  type Resolution,
  type ResolvedStage,
  resolveStages,
} from '@prism-build/containerfile';
import { ok, type Result } from '@prism-build/errors';
import { environmentIn } from './bases';
import { findCompileStage } from './compileStage';
import { planCompile } from './planCompile';
import type { PlanRequest } from './request';

/** A Containerfile for one platform: its stages, and which of them make the image. */
export interface ResolvedImage extends Pick<Resolution, 'stages' | 'target'> {
  /** Index of the recognised compile stage; -1: there is none. */
  readonly compile: number;
  /** The target and what it needs, in order; a compile stage is a tree made elsewhere, so nothing behind it counts. */
  readonly needed: readonly ResolvedStage[];
}

export function resolveImage(request: PlanRequest, platform: Platform): Result<ResolvedImage> {
  const { containerfile, buildPlatform, buildArgs, target, bases } = request;
  const resolution = resolveStages(containerfile, {
    platform,
    buildPlatform,
    buildArgs,
    target,
    baseEnv: (reference, wanted) => environmentIn(bases ?? new Map(), reference, wanted),
  });
  if (!resolution.ok) return resolution;
  const { stages } = resolution.value;
  const named = findCompileStage(stages);
  // For all platforms or for none: a stage that some of them cannot recognise is one like any other.
  const compile = named >= 0 && planCompile(request).ok ? named : -1;
  const needed = new Set<number>();
  const visit = (index: number): void => {
    if (index === compile || needed.has(index)) return;
    needed.add(index);
    for (const need of listNeeds(stages[index]!)) visit(need);
  };
  visit(resolution.value.target);
  const order = [...needed].sort((a, b) => a - b);
  return ok({
    stages,
    target: resolution.value.target,
    compile,
    needed: order.map((index) => stages[index]!),
  });
}

export function samePlatform(a: Platform, b: Platform): boolean {
  return a.os === b.os && a.architecture === b.architecture && (a.variant ?? '') === (b.variant ?? '');
}
