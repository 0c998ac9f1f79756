import { engineFailure, type Failure } from '@prism-build/errors';
import { remedyFor } from './refusals';

/**
 * Why a container in the foreground ended with this status. RUN_NOT_STARTED if the engine failed before the program began, else
 * RUN_ENDED.
 *
 * @param errors what the engine has printed on standard error; empty if it is not known
 */
export function explainExit(name: string, status: number, errors: string): Failure {
  const said = status === 125 || status === 126 ? lastError(errors) : undefined;
  if (said === undefined || namesProgram(said)) {
    const what = `${name} ended with status ${status}`;
    return engineFailure('RUN_ENDED', { what, why: explainStatus(status, said) });
  }
  const what = `the engine did not start ${name} (status ${status}); its program never ran`;
  return engineFailure('RUN_NOT_STARTED', { what, why: said, remedy: remedyFor(said) });
}

/** The cause of a status that engines reserve for themselves; undefined for one of the program. */
function explainStatus(status: number, said: string | undefined): string | undefined {
  if (status === 125)
    return 'the engine could not start the container, or the program ended with this status';
  if (status === 126)
    return said === undefined
      ? 'the engine refused to start the entrypoint, or it is not executable'
      : `the entrypoint is not executable, or is for another architecture: ${said}`;
  if (status === 127) return 'there is no such entrypoint in the image';
  return status === 137 ? 'it was killed, perhaps for want of memory' : undefined;
}

/** The last error of an engine, without the output of its helpers that Podman appends with escaped line ends. */
function lastError(errors: string): string | undefined {
  return errors
    .split('\n')
    .map((line) => line.trim())
    .findLast((line) => /^(Error|docker): /.test(line))
    ?.replace(/\\n.*/, '');
}

/**
 * Engines end with 126 both if the entrypoint is not executable and if they themselves may not do something. They name the
 * program in the first case. runc: exec: "/x": permission denied; crun: open executable, exec container process `/x`; both: exec
 * format error.
 */
function namesProgram(said: string): boolean {
  return /exec: "|exec container process|open executable|exec format error|is a directory/i.test(said);
}
