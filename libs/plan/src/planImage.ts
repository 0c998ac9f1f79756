import {
  formatPlatform,
  type Platform,
  type ResolvedInstruction,
  type ResolvedStage,
} from '@prism-build/containerfile';
import {
  all,
  distinctFailures,
  type Failure,
  failed,
  imageFailure,
  ok,
  type Place,
  type Result,
} from '@prism-build/errors';
import type { ImageSettings } from '@prism-build/oci';
import { findBase, inheritSettings, planBase } from './bases';
import { checkArguments } from './checkArguments';
import { type CopyOrigins, planCopy } from './copyStep';
import {
  baseOf,
  type ImagePlan,
  type PlatformPlan,
  planVersion,
  type StagePlan,
  type Step,
} from './imagePlan';
import { joinAbsolute, withoutSlash } from './paths';
import { planRun, type RunState } from './planRun';
import type { PlatformReads, Reads } from './reads/reads';
import type { PlanOptions } from './request';
import { defaultShell, planSettings } from './settings';
import type { PlannedImage } from './source';

/**
 * The plan of an image: what is assembled natively, and between it the commands that an engine runs. Pure: equal
 * reads give equal plans. Failures name file and line of everything that cannot be built, for all platforms.
 */
export function planImage({ containerfile, image }: Reads, options: PlanOptions): Result<ImagePlan> {
  if (!image.ok) return image;
  const platforms = all(image.value.platforms.map((one) => planPlatform(one, containerfile, options)));
  if (!platforms.ok) return failed(...distinctFailures(platforms.failures));
  const { context, compression } = options;
  return ok({
    version: planVersion,
    kind: 'image',
    containerfile,
    context,
    compression,
    platforms: platforms.value,
  });
}

function planPlatform(
  { platform, stages, target, compile }: PlatformReads,
  file: string,
  { bases = new Map(), contexts = [] }: PlanOptions,
): Result<PlatformPlan> {
  const failures: Failure[] = [];
  const find = (reference: string, wanted: Platform, at: Place) =>
    findBase(bases, reference, wanted, at, failures);
  const origins: CopyOrigins = {
    compile,
    contexts,
    image: (name, at) => {
      const found = find(name, platform, at);
      return found && planBase(name, found);
    },
  };
  const settings = new Map<number, ImageSettings>();
  const plans: StagePlan[] = [];
  for (const stage of stages) {
    const { base, line } = stage;
    const found = base.kind === 'image' ? find(base.reference, stage.platform, { file, line }) : undefined;
    const below = base.kind === 'stage' ? settings.get(base.index) : found?.settings;
    const inherited = below && stage.instructions.length > 0 ? inheritSettings(below) : below;
    settings.set(stage.index, planSettings(stage, inherited ?? {}));
    plans.push({
      index: stage.index,
      name: stage.name,
      base: base.kind === 'stage' ? base.index : undefined,
      ...(found && base.kind === 'image' && { image: ownedBy(stage, planBase(base.reference, found)) }),
      steps: planSteps(stage, file, inherited, origins, failures),
    });
  }
  failures.push(...checkBase(plans, platform, file), ...checkScratch(stages, platform, file));
  if (failures.length > 0) return failed(...failures);
  return ok({ platform, stages: plans, settings: settings.get(target)! });
}

/** What a base lacks of its WORKDIR is made with the first instruction: a USER there is in force already. */
function ownedBy({ instructions: [first] }: ResolvedStage, image: PlannedImage): PlannedImage {
  return first?.keyword === 'USER' ? { ...image, user: first.user } : image;
}

/** Layers of another platform would make an image that claims to be what it is not. */
function checkBase(plans: readonly StagePlan[], platform: Platform, file: string): Failure[] {
  const image = baseOf(plans);
  if (!image || formatPlatform(image.platform) === formatPlatform(platform)) return [];
  const what = `the image for ${formatPlatform(platform)} would start from ${image.reference} for ${formatPlatform(image.platform)}`;
  const remedy = 'Leave --platform out of FROM of the final stage.';
  return [imageFailure('BASE_NOT_SUPPORTED', { what, remedy, at: { file } })];
}

/** The same of an image from scratch, whose configuration would name one platform and its files be for another. */
function checkScratch(stages: readonly ResolvedStage[], platform: Platform, file: string): Failure[] {
  let stage = stages.at(-1);
  while (stage?.base.kind === 'stage') {
    const { index } = stage.base;
    stage = stages.find((one) => one.index === index);
  }
  if (stage?.base.kind !== 'scratch' || formatPlatform(stage.platform) === formatPlatform(platform))
    return [];
  const what = `the image for ${formatPlatform(platform)} would start from scratch for ${formatPlatform(stage.platform)}`;
  const remedy = 'Leave --platform out of FROM of the final stage.';
  return [imageFailure('BASE_NOT_SUPPORTED', { what, remedy, at: { file, line: stage.line } })];
}

function planSteps(
  stage: ResolvedStage,
  file: string,
  base: ImageSettings | undefined,
  origins: CopyOrigins,
  failures: Failure[],
): Step[] {
  const at = { file, line: stage.line };
  if (stage.base.kind === 'stage' && stage.base.index === origins.compile) {
    failures.push(
      imageFailure('BASE_NOT_SUPPORTED', { what: 'an image cannot start from the compile stage', at }),
    );
  }
  let state: RunState = {
    platform: stage.platform,
    working: base?.workingDir || '/',
    user: base?.user,
    shell: base?.shell ?? defaultShell,
  };
  return stage.instructions.map((instruction): Step => {
    const step = planStep(instruction, file, state, origins, failures);
    if (instruction.keyword === 'USER') state = { ...state, user: instruction.user };
    if (instruction.keyword === 'SHELL') state = { ...state, shell: instruction.argv };
    if (step.op === 'directory') state = { ...state, working: step.path };
    return step.op === 'directory' && state.user ? { ...step, owner: state.user } : step;
  });
}

function planStep(
  instruction: ResolvedInstruction,
  file: string,
  state: RunState,
  origins: CopyOrigins,
  failures: Failure[],
): Step {
  const { line, text, keyword } = instruction;
  const at: Place = { file, line };
  failures.push(...checkArguments(instruction, at));
  switch (keyword) {
    case 'COPY':
    case 'ADD':
      return planCopy(instruction, at, state.working, origins, failures);
    case 'WORKDIR':
      return {
        op: 'directory',
        line,
        text,
        path: withoutSlash(joinAbsolute(state.working, instruction.path)),
      };
    case 'RUN':
      return planRun(instruction, at, state, origins, failures);
    case 'ONBUILD':
      failures.push(
        imageFailure('ONBUILD_NOT_SUPPORTED', { what: 'ONBUILD has no place in OCI images', at }),
      );
      return { op: 'config', line, text };
    case 'VOLUME':
      return { op: 'config', line, text, volumes: instruction.paths };
    default:
      return { op: 'config', line, text };
  }
}
