import type { Argv } from '@prism-build/engine';
import { engineFailure, failed, ok, type Result } from '@prism-build/errors';
import type { StackProject } from './openStack';

/** A signal stops one command; those that are started later answer. */
const attempts = 5;

/**
 * The output of a command of Podman that prints something whenever it succeeds. Podman ends with status 0 and prints nothing if it
 * gets SIGTERM, which Nx sends to all descendants: no output is no answer, and the command is run again. Failure: ENGINE_FAILED.
 */
export async function queryPodman({ call }: Pick<StackProject, 'call'>, argv: Argv): Promise<Result<string>> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const answer = await call({ argv });
    if (!answer.ok) return failed(...answer.failures.map((one) => engineFailure('ENGINE_FAILED', one)));
    if (answer.value.stdout.trim() !== '') return ok(answer.value.stdout);
  }
  const why = `${argv.join(' ')} printed nothing`;
  return failed(engineFailure('ENGINE_FAILED', { what: 'podman was stopped', why }));
}
