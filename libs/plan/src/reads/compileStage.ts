import type { ResolvedInstruction, ResolvedStage } from '@prism-build/containerfile';
import {
  type Checked,
  compileFailure,
  type Failure,
  failed,
  failuresOf,
  ok,
  type Place,
  type Result,
} from '@prism-build/errors';
import { recogniseCommand } from '@prism-build/languages';
import type { CompileStage } from '../compilePlan';
import { type FindSource, planCopy } from '../copyStep';
import type { CopyStep } from '../imagePlan';
import { joinAbsolute, withoutSlash } from '../paths';

/** A compile stage may copy only from the context; each other `--from` is a failure. */
const fromContext: FindSource = () => ok({ kind: 'context' });

type Run = Extract<ResolvedInstruction, { keyword: 'RUN' }>;

/**
 * Reads a resolved stage as a compile stage: FROM, WORKDIR, COPY from the context, ARG, ENV and one exec-form RUN that a
 * language accepts. Failures name file and line of everything that prevents it.
 */
export function readCompileStage(
  stage: ResolvedStage,
  file: string,
): Result<{ readonly stage: CompileStage; readonly run: Run }> {
  const failures: Failure[] = [];
  const refuse = (what: string, line: number) => failures.push(notRecognised(what, { file, line }));
  if (stage.base.kind !== 'image') refuse('the compile stage must start from a builder image', stage.line);
  const instructions = readInstructions(stage, file);
  failures.push(...instructions.failures);
  const { copies, working, runs } = instructions.value;
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
  const read: CompileStage = {
    language: command.language.name,
    builder: stage.base.reference,
    builderLine: stage.line,
    copies,
    working,
    argv: argv!,
    line: run!.line,
  };
  return ok({ stage: read, run: run! });
}

interface Instructions {
  readonly copies: readonly CopyStep[];
  readonly working: string;
  readonly runs: readonly Run[];
}

function readInstructions(stage: ResolvedStage, file: string): Checked<Instructions> {
  const failures: Failure[] = [];
  let working = '/';
  const copies: CopyStep[] = [];
  const runs: Run[] = [];
  for (const instruction of stage.instructions) {
    const at = { file, line: instruction.line };
    switch (instruction.keyword) {
      case 'ARG':
      case 'ENV':
        break;
      case 'WORKDIR':
        working = withoutSlash(joinAbsolute(working, instruction.path));
        break;
      case 'COPY': {
        if (instruction.from.kind !== 'context')
          failures.push(notRecognised('COPY --from in the compile stage', at));
        const copy = planCopy(instruction, at, working, fromContext);
        if (copy.ok) copies.push(copy.value);
        failures.push(...failuresOf(copy));
        break;
      }
      case 'RUN':
        runs.push(instruction);
        break;
      default:
        failures.push(notRecognised(`${instruction.keyword} in the compile stage`, at));
    }
  }
  return { value: { copies, working, runs }, failures };
}

function notRecognised(what: string, at: Place): Failure {
  return compileFailure('COMPILE_STAGE_NOT_RECOGNISED', { what, at });
}
