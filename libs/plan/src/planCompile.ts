import { isDeepStrictEqual } from 'node:util';
import { type ResolvedInstruction, type ResolvedStage, resolveStages } from '@prism-build/containerfile';
import { all, compileFailure, type Failure, failed, ok, type Result } from '@prism-build/errors';
import { recogniseCommand } from '@prism-build/languages';
import type { CompilePlan, CompilePlatform } from './compilePlan';
import { compileStageName } from './compileStage';
import { type CopyOrigins, planCopy } from './copyStep';
import { type CopyStep, planVersion } from './imagePlan';
import { joinAbsolute, withoutSlash } from './paths';
import type { PlanRequest } from './request';

const noOrigins: CopyOrigins = { compile: -1, contexts: [], image: () => undefined };

type Run = Extract<ResolvedInstruction, { keyword: 'RUN' }>;

/** A compile stage, before it is said for which platforms. */
export type CompileStage = Omit<CompilePlan, 'platforms'>;

interface StageReading {
  readonly plan: CompileStage;
  readonly platform: CompilePlatform;
}

/**
 * The plan of a recognised compile stage: FROM, WORKDIR, COPY from the context, ARG, ENV and one exec-form RUN
 * that a language accepts. Failures name file and line of everything that keeps a stage from being recognised: then it
 * is a stage like any other, whose commands an engine executes.
 */
export function planCompile(request: PlanRequest): Result<CompilePlan> {
  const readings = all(request.platforms.map((platform) => readStage(request, platform)));
  if (!readings.ok) return failed(...new Map(readings.failures.map((one) => [one.what, one])).values());
  const [first, ...others] = readings.value;
  const differs = others.find(({ plan }) => !isDeepStrictEqual(plan, first!.plan));
  if (differs) {
    const what = 'the compile stage copies or runs different things for different platforms';
    const at = { file: first!.plan.containerfile, line: first!.plan.line };
    return failed(compileFailure('COMPILE_STAGE_NOT_RECOGNISED', { what, at }));
  }
  return ok({ ...first!.plan, platforms: readings.value.map(({ platform }) => platform) });
}

function readStage(request: PlanRequest, platform: CompilePlatform['platform']): Result<StageReading> {
  const { containerfile, buildPlatform, buildArgs, context } = request;
  const resolution = resolveStages(containerfile, {
    platform,
    buildPlatform,
    buildArgs,
    target: compileStageName,
  });
  if (!resolution.ok) return resolution;
  const stage = resolution.value.stages[resolution.value.target]!;
  const read = readCompileStage(stage, containerfile.file, context);
  if (!read.ok) return read;
  // PATH belongs to the toolchain, wherever it was found.
  const { PATH: _, ...environment } = read.value.run.env;
  return ok({ plan: read.value.plan, platform: { platform, environment } });
}

/** A resolved stage as a compile stage; failures name everything that keeps it from being one. */
export function readCompileStage(
  stage: ResolvedStage,
  file: string,
  context: string,
): Result<{ readonly plan: CompileStage; readonly run: Run }> {
  const failures: Failure[] = [];
  const refuse = (what: string, line: number) =>
    failures.push(compileFailure('COMPILE_STAGE_NOT_RECOGNISED', { what, at: { file, line } }));
  if (stage.base.kind !== 'image') refuse('the compile stage must start from a builder image', stage.line);
  const { copies, working, runs } = readInstructions(stage, file, failures, refuse);
  const [run, second] = runs;
  if (!run) refuse('the compile stage has no RUN', stage.line);
  if (second) refuse('the compile stage has more than one RUN', second.line);
  const argv = run?.command.form === 'exec' ? run.command.argv : undefined;
  if (run && !argv) refuse('RUN of the compile stage is not in exec form (a JSON array)', run.line);
  const command = argv && recogniseCommand(argv);
  if (argv && !command) refuse(`no language knows the command ${JSON.stringify(argv)}`, run!.line);
  if (run && (run.mounts.length > 0 || run.heredocs.length > 0))
    refuse('RUN of the compile stage has mounts', run.line);
  if (failures.length > 0 || !command || stage.base.kind !== 'image') return failed(...failures);
  const plan: CompileStage = {
    version: planVersion,
    kind: 'compile',
    containerfile: file,
    context,
    language: command.language.name,
    builder: stage.base.reference,
    builderLine: stage.line,
    copies,
    working,
    argv: argv!,
    line: run!.line,
  };
  return ok({ plan, run: run! });
}

function readInstructions(
  stage: ResolvedStage,
  file: string,
  failures: Failure[],
  refuse: (what: string, line: number) => void,
) {
  let working = '/';
  const copies: CopyStep[] = [];
  const runs: Run[] = [];
  for (const instruction of stage.instructions) {
    switch (instruction.keyword) {
      case 'ARG':
      case 'ENV':
        break;
      case 'WORKDIR':
        working = withoutSlash(joinAbsolute(working, instruction.path));
        break;
      case 'COPY': {
        if (instruction.from.kind !== 'context') refuse('COPY --from in the compile stage', instruction.line);
        copies.push(planCopy(instruction, { file, line: instruction.line }, working, noOrigins, failures));
        break;
      }
      case 'RUN':
        runs.push(instruction);
        break;
      default:
        refuse(`${instruction.keyword} in the compile stage`, instruction.line);
    }
  }
  return { copies, working, runs };
}
