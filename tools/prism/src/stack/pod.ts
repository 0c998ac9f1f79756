import { type Pod, parseContainers, parseNames, parsePod, podmanPods } from '@prism-build/engine';
import { ok, type Result } from '@prism-build/errors';
import { stackLabel } from '@prism-build/stack';
import type { StackProject } from './openStack';
import { queryPodman } from './queryPodman';

/**
 * A pod of Podman by name; undefined if there is none. Failure: ENGINE_FAILED.
 *
 * @param expected the names of its containers, if they are known: both commands then run at once
 */
export async function readPod(
  project: Pick<StackProject, 'call'>,
  name: string,
  expected: readonly string[] = [],
): Promise<Result<Pod | undefined>> {
  const early =
    expected.length > 0 ? queryPodman(project, podmanPods.inspectContainers(expected)) : undefined;
  const seen = await queryPodman(project, podmanPods.inspect(name));
  const known = await early;
  if (!seen.ok) return seen.failures.some(({ why }) => /no such pod/i.test(why ?? '')) ? ok(undefined) : seen;
  const { ids, ...pod } = parsePod(seen.value);
  if (ids.length === 0) return ok({ ...pod, containers: [] });
  if (known?.ok && ids.length === expected.length)
    return ok({ ...pod, containers: parseContainers(known.value) });
  const inner = await queryPodman(project, podmanPods.inspectContainers(ids));
  return inner.ok ? ok({ ...pod, containers: parseContainers(inner.value) }) : inner;
}

/** The names of the pods that this project has started. Usually one: a renamed stack has another name than its pod. */
export async function listOwnPods(project: Pick<StackProject, 'call' | 'owner'>): Promise<Result<string[]>> {
  const listed = await queryPodman(project, podmanPods.list(`${stackLabel}=${project.owner}`));
  return listed.ok ? ok(parseNames(listed.value)) : listed;
}
