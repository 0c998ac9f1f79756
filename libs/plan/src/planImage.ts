import {
  formatPlatform,
  type Platform,
  type ResolvedInstruction,
  type ResolvedStage,
} from '@prism-build/containerfile';
import {
  all,
  type Checked,
  checked,
  distinctFailures,
  type Failure,
  failed,
  failuresOf,
  imageFailure,
  joinList,
  joinResults,
  ok,
  type Place,
  type Result,
} from '@prism-build/errors';
import type { ImageSettings } from '@prism-build/oci';
import { findBase, inheritSettings, planBase } from './bases';
import { checkArguments } from './checkArguments';
import { type FindSource, findSource, planCopy } from './copyStep';
import {
  baseOf,
  type ImagePlan,
  type PlatformPlan,
  planVersion,
  type StagePlan,
  type Step,
} from './imagePlan';
import { joinAbsolute, withoutSlash } from './paths';
import { planRunInstruction, type RunState } from './planRunInstruction';
import type { PlatformReads, Reads } from './reads/reads';
import type { PlanOptions } from './request';
import { defaultShell, planSettings } from './settings';
import type { PlannedImage } from './source';

/**
 * The plan of an image: natively assembled steps, and the commands that an engine runs between them. Pure: equal reads
 * give equal plans. Failures name file and line of everything that cannot be built, for all platforms.
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
  const image = (name: string, at: Place) => {
    const found = findBase(bases, name, platform, at);
    return found.ok ? ok(planBase(name, found.value)) : found;
  };
  const find: FindSource = (from, at) => findSource(from, at, { compile, contexts, image });
  const settings = new Map<number, ImageSettings>();
  const plans: Checked<StagePlan>[] = [];
  for (const stage of stages) {
    const { base, line } = stage;
    const found =
      base.kind === 'image' ? findBase(bases, base.reference, stage.platform, { file, line }) : undefined;
    const own = found?.ok ? found.value : undefined;
    const below = base.kind === 'stage' ? settings.get(base.index) : own?.settings;
    const inherited = below && stage.instructions.length > 0 ? inheritSettings(below) : below;
    settings.set(stage.index, planSettings(stage, inherited ?? {}));
    const steps = planSteps(withoutTriggers(stage, target), file, inherited, compile, find);
    const plan: StagePlan = {
      index: stage.index,
      name: stage.name,
      base: base.kind === 'stage' ? base.index : undefined,
      ...(own && base.kind === 'image' && { image: ownedBy(stage, planBase(base.reference, own)) }),
      steps: steps.value,
    };
    plans.push(checked(plan, ...(found ? failuresOf(found) : []), ...steps.failures));
  }
  const planned = joinList(plans);
  const failures = [
    ...planned.failures,
    ...checkBase(planned.value, platform, file),
    ...checkScratch(stages, platform, file),
  ];
  if (failures.length > 0) return failed(...failures);
  return ok({ platform, stages: planned.value, settings: settings.get(target)! });
}

/**
 * ONBUILD of a stage acts in the stages that start from it, which have its instructions already. Only the image itself
 * could hand it on to other builds, which OCI images cannot.
 */
function withoutTriggers(stage: ResolvedStage, target: number): ResolvedStage {
  if (stage.index === target) return stage;
  return { ...stage, instructions: stage.instructions.filter(({ keyword }) => keyword !== 'ONBUILD') };
}

/** A missing WORKDIR of the base is created with the first instruction; if that is a USER, it owns the directory. */
function ownedBy({ instructions: [first] }: ResolvedStage, image: PlannedImage): PlannedImage {
  return first?.keyword === 'USER' ? { ...image, user: first.user } : image;
}

/** With layers of another platform, the image's configuration would name the wrong one. */
function checkBase(plans: readonly StagePlan[], platform: Platform, file: string): Failure[] {
  const image = baseOf(plans);
  if (!image || formatPlatform(image.platform) === formatPlatform(platform)) return [];
  const what = `the image for ${formatPlatform(platform)} would start from ${image.reference} for ${formatPlatform(image.platform)}`;
  const remedy = 'Leave --platform out of FROM of the final stage.';
  return [imageFailure('BASE_NOT_SUPPORTED', { what, remedy, at: { file } })];
}

/** The same check for an image from scratch: its files must be for the platform that its configuration names. */
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
  compile: number,
  find: FindSource,
): Checked<Step[]> {
  let state: RunState = {
    platform: stage.platform,
    working: base?.workingDir || '/',
    user: base?.user,
    shell: base?.shell ?? defaultShell,
  };
  const steps = joinResults(
    stage.instructions.map((instruction): Result<Step> => {
      const step = planStep(instruction, { file, line: instruction.line }, state, find);
      if (instruction.keyword === 'USER') state = { ...state, user: instruction.user };
      if (instruction.keyword === 'SHELL') state = { ...state, shell: instruction.argv };
      if (!step.ok || step.value.op !== 'directory') return step;
      state = { ...state, working: step.value.path };
      return state.user ? ok({ ...step.value, owner: state.user }) : step;
    }),
  );
  if (stage.base.kind !== 'stage' || stage.base.index !== compile) return steps;
  const what = 'an image cannot start from the compile stage';
  const failure = imageFailure('BASE_NOT_SUPPORTED', { what, at: { file, line: stage.line } });
  return checked(steps.value, failure, ...steps.failures);
}

function planStep(
  instruction: ResolvedInstruction,
  at: Place,
  state: RunState,
  find: FindSource,
): Result<Step> {
  const { line, text, keyword } = instruction;
  const wrong = checkArguments(instruction, at);
  if (wrong.length > 0) return failed(...wrong);
  switch (keyword) {
    case 'COPY':
    case 'ADD':
      return planCopy(instruction, at, state.working, find);
    case 'WORKDIR': {
      const path = withoutSlash(joinAbsolute(state.working, instruction.path));
      return ok({ op: 'directory', line, text, path });
    }
    case 'RUN':
      return planRunInstruction(instruction, at, state, find);
    case 'ONBUILD':
      return failed(
        imageFailure('ONBUILD_NOT_SUPPORTED', { what: 'ONBUILD has no place in OCI images', at }),
      );
    case 'VOLUME':
      return ok({ op: 'config', line, text, volumes: instruction.paths });
    default:
      return ok({ op: 'config', line, text });
  }
}
