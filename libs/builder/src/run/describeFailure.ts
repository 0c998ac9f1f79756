import { formatPlatform } from '@prism-build/containerfile';
import { engineFailure, type Failure, type Place, shellFailure } from '@prism-build/errors';
import type { RunStep } from '@prism-build/plan';
import { lastLines, type OutputLine } from '@prism-build/shell';
import { isDiskFull } from './isDiskFull';

/** What engines say of their own steps. */
const noise =
  /^(\[\d+\/\d+\] )?(STEP \d|COMMIT|--> )|^time="[^"]*" level=(warning|debug|info)|^Error: building at STEP/;

/** A command that an engine did not execute to a good end. */
interface FailedRun {
  readonly step: RunStep;
  readonly at: Place;
  /** The end of what was printed. */
  readonly output: readonly OutputLine[];
  /** Of the command itself; absent: the engine failed. */
  readonly status: string | undefined;
}

/** A failed command as what it means: its own failure, a missing emulator, a full disk, or the engine's. */
export function describeFailure(failure: Failure, { step, at, output, status }: FailedRun): Failure {
  if (failure.code !== 'COMMAND_FAILED') return { ...failure, at };
  const platform = formatPlatform(step.platform);
  const text = output.map((line) => line.text).join('\n');
  const why = lastLines(output.filter((line) => !noise.test(line.text)));
  if (/exec(ve)?( container process)?.*: exec format error|: exec format error/i.test(text)) {
    const what = `this machine does not run programs for ${platform}, which ${step.text} needs`;
    return engineFailure('EMULATION_MISSING', { what, why, at });
  }
  if (isDiskFull(text))
    return shellFailure('DISK_FULL', { what: `the disk was full at ${step.text} for ${platform}`, why, at });
  if (status === undefined)
    return engineFailure('ENGINE_FAILED', {
      what: `the engine did not run ${step.text} for ${platform}`,
      why,
      at,
    });
  return engineFailure('RUN_FAILED', { what: `status ${status} from ${step.text} for ${platform}`, why, at });
}
