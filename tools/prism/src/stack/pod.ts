import { type Pod, parseContainers, parsePod, podmanPods } from '@prism-build/engine';
import { engineFailure, failed, ok, type Result } from '@prism-build/errors';
import { stackLabel } from '@prism-build/stack';
import type { StackProject } from './openStack';

/** A pod of Podman by name; undefined if there is none. Failure: ENGINE_FAILED. */
export async function readPod(
  { call }: Pick<StackProject, 'call'>,
  name: string,
): Promise<Result<Pod | undefined>> {
  const seen = await call({ argv: podmanPods.inspect(name) });
  if (!seen.ok && seen.failures.some(({ why }) => /no such pod/i.test(why ?? ''))) return ok(undefined);
  if (!seen.ok) return failed(...seen.failures.map((one) => engineFailure('ENGINE_FAILED', one)));
  // Podman ends with status 0 if it gets SIGTERM.
  if (seen.value.stdout === '') return failed(engineFailure('ENGINE_FAILED', { what: 'podman was stopped' }));
  const { ids, ...pod } = parsePod(seen.value.stdout);
  if (ids.length === 0) return ok({ ...pod, containers: [] });
  const inner = await call({ argv: podmanPods.inspectContainers(ids) });
  if (!inner.ok) return failed(...inner.failures.map((one) => engineFailure('ENGINE_FAILED', one)));
  if (inner.value.stdout === '')
    return failed(engineFailure('ENGINE_FAILED', { what: 'podman was stopped' }));
  return ok({ ...pod, containers: parseContainers(inner.value.stdout) });
}

/** The names of the pods that this project has started. Usually one: a renamed stack has another name than its pod. */
export async function listOwnPods({ call, owner }: StackProject): Promise<Result<string[]>> {
  const listed = await call({ argv: podmanPods.list(`${stackLabel}=${owner}`) });
  if (!listed.ok) return failed(...listed.failures.map((one) => engineFailure('ENGINE_FAILED', one)));
  return ok(listed.value.stdout.split('\n').filter((line) => line !== ''));
}
