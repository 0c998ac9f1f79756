import {
  listNeeds,
  type ResolvedInstruction,
  type ResolvedStage,
  resolveStages,
} from '@prism-build/containerfile';
import { all, type Failure, failed, imageFailure, ok, type Place, type Result } from '@prism-build/errors';
import type { ImageSettings } from '@prism-build/oci';
import { checkArguments } from './checkArguments';
import { findCompileStage } from './compileStage';
import { planCopy } from './copyStep';
import { type ImagePlan, type PlatformPlan, planVersion, type StagePlan, type Step } from './imagePlan';
import { joinAbsolute, withoutSlash } from './paths';
import type { PlanRequest } from './request';
import { planSettings } from './settings';

/**
 * The plan of an image that can be assembled natively. Pure: equal requests give equal plans.
 * Failures name file and line of every instruction that needs an engine, for all platforms.
 */
export function planImage(request: PlanRequest): Result<ImagePlan> {
  const platforms = all(request.platforms.map((platform) => planPlatform(request, platform)));
  if (!platforms.ok) return failed(...distinct(platforms.failures));
  return ok({
    version: planVersion,
    kind: 'image',
    containerfile: request.containerfile.file,
    context: request.context,
    compression: request.compression,
    platforms: platforms.value,
  });
}

function planPlatform(request: PlanRequest, platform: PlatformPlan['platform']): Result<PlatformPlan> {
  const { containerfile, buildPlatform, buildArgs, target } = request;
  const resolution = resolveStages(containerfile, { platform, buildPlatform, buildArgs, target });
  if (!resolution.ok) return resolution;
  const { stages } = resolution.value;
  const compile = findCompileStage(stages);
  const failures: Failure[] = [];
  const settings = new Map<number, ImageSettings>();
  const plans: StagePlan[] = [];
  for (const index of neededStages(stages, resolution.value.target, compile)) {
    const stage = stages[index]!;
    const base = stage.base.kind === 'stage' ? stage.base.index : undefined;
    settings.set(index, planSettings(stage, (base !== undefined && settings.get(base)) || {}));
    plans.push(planStage(stage, request, settings.get(base ?? -1), compile, failures));
  }
  if (failures.length > 0) return failed(...failures);
  return ok({ platform, stages: plans, settings: settings.get(resolution.value.target)! });
}

/** The target and what it needs, in order; a compile stage is a tree made elsewhere, so nothing behind it counts. */
function neededStages(stages: readonly ResolvedStage[], target: number, compile: number): number[] {
  const needed = new Set<number>();
  const visit = (index: number): void => {
    if (index === compile || needed.has(index)) return;
    needed.add(index);
    for (const need of listNeeds(stages[index]!)) visit(need);
  };
  visit(target);
  return [...needed].sort((a, b) => a - b);
}

function planStage(
  stage: ResolvedStage,
  request: PlanRequest,
  base: ImageSettings | undefined,
  compile: number,
  failures: Failure[],
): StagePlan {
  const { file } = request.containerfile;
  const at = { file, line: stage.line };
  if (stage.base.kind === 'image') {
    failures.push(
      imageFailure('BASE_NOT_SUPPORTED', { what: `FROM ${stage.base.reference} names an image`, at }),
    );
  }
  if (stage.base.kind === 'stage' && stage.base.index === compile) {
    failures.push(
      imageFailure('BASE_NOT_SUPPORTED', { what: 'an image cannot start from the compile stage', at }),
    );
  }
  let workdir = base?.workingDir || '/';
  let user = base?.user;
  const steps = stage.instructions.map((instruction): Step => {
    const step = planStep(instruction, request, workdir, compile, failures);
    if (instruction.keyword === 'USER') user = instruction.user;
    if (step.op !== 'directory') return step;
    workdir = step.path;
    return user ? { ...step, owner: user } : step;
  });
  return {
    index: stage.index,
    name: stage.name,
    base: stage.base.kind === 'stage' ? stage.base.index : undefined,
    steps,
  };
}

function planStep(
  instruction: ResolvedInstruction,
  { containerfile: { file }, contexts = [] }: PlanRequest,
  workdir: string,
  compile: number,
  failures: Failure[],
): Step {
  const { line, text, keyword } = instruction;
  const at: Place = { file, line };
  failures.push(...checkArguments(instruction, at));
  switch (keyword) {
    case 'COPY':
    case 'ADD':
      return planCopy(instruction, at, workdir, { compile, contexts }, failures);
    case 'WORKDIR':
      return { op: 'directory', line, text, path: withoutSlash(joinAbsolute(workdir, instruction.path)) };
    case 'RUN':
    case 'ONBUILD':
      failures.push(
        imageFailure('INSTRUCTION_NEEDS_ENGINE', { what: `${keyword} cannot be assembled natively`, at }),
      );
      return { op: 'config', line, text };
    default:
      return { op: 'config', line, text };
  }
}

function distinct(failures: readonly Failure[]): Failure[] {
  return [...new Map(failures.map((failure) => [JSON.stringify(failure), failure])).values()];
}
