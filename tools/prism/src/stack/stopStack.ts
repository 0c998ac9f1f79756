import { podmanPods } from '@prism-build/engine';
import { failed, ok, type Result, stackFailure } from '@prism-build/errors';
import type { Stack } from '@prism-build/stack';
import type { StackProject } from './openStack';
import { listOwnPods, readPod } from './pod';
import { removeVolumes } from './volumes';

/** Seconds that containers get to end, as in Kubernetes. */
export const defaultGrace = 30;

export function graceOf({ spec }: Stack): number {
  return spec.terminationGracePeriodSeconds ?? defaultGrace;
}

/** More than one, because Nx sends SIGTERM to all descendants: Podman then ends with status 0 and nothing done. */
const attempts = 5;

/** Stops and removes a pod. Failure: STACK_STILL_THERE. */
async function removePod(
  { call }: Pick<StackProject, 'call'>,
  name: string,
  grace: number,
): Promise<Result<void>> {
  const argv = podmanPods.remove(name, grace);
  let why: string | undefined;
  for (let attempt = 0; attempt < attempts; attempt++) {
    const removed = await call({ argv });
    if (!removed.ok) why = removed.failures[0]?.why;
    const left = await readPod({ call }, name);
    if (left.ok && left.value === undefined) return ok(undefined);
  }
  const what = `the pod ${name} is still there after: ${argv.join(' ')}`;
  return failed(stackFailure('STACK_STILL_THERE', { what, why }));
}

/**
 * Removes the pods that a project has started, and the volumes of these kinds. Returns the names of the pods. Needs no
 * stack.yaml, so that it works whatever became of the file.
 */
export async function stopStack(
  project: StackProject,
  grace: number,
  volumes: 'keep' | 'remove',
): Promise<Result<{ readonly pods: readonly string[]; readonly volumes: number }>> {
  const own = await listOwnPods(project);
  if (!own.ok) return own;
  for (const name of own.value) {
    const removed = await removePod(project, name, grace);
    if (!removed.ok) return removed;
  }
  const emptied = await removeVolumes(project, ['config', 'scratch']);
  if (!emptied.ok) return emptied;
  const claims = volumes === 'remove' ? await removeVolumes(project, ['claim']) : ok(0);
  return claims.ok ? ok({ pods: own.value, volumes: claims.value }) : claims;
}
