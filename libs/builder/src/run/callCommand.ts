import type { Argv } from '@prism-build/engine';
import { type Failure, failed, ok, type Place, type Result } from '@prism-build/errors';
import type { RunStep } from '@prism-build/plan';
import { type OutputLine, OutputTail, type Run } from '@prism-build/shell';
import { describeFailure } from './describeFailure';

/** The command of a stage, and how its own status is told from the engine's: undefined where the engine failed. */
interface CommandOfStage {
  readonly step: RunStep;
  readonly at: Place;
  readonly statusOf: (failure: Failure, output: readonly OutputLine[]) => string | undefined;
}

/** Has an engine execute the command of a stage; a failure shows the end of what was printed. */
export async function callCommand(
  call: Run,
  argv: Argv,
  { step, at, statusOf }: CommandOfStage,
): Promise<Result<void>> {
  const tail = new OutputTail();
  const done = await call({ argv, onOutput: (chunk, from) => tail.add(from, chunk) });
  if (done.ok) return ok(undefined);
  const output = tail.lines();
  const describe = (failure: Failure) =>
    describeFailure(failure, { step, at, output, status: statusOf(failure, output) });
  return failed(...done.failures.map(describe));
}
