import { podmanPods } from '@prism-build/engine';
import { failed, ok, type Result, stackFailure } from '@prism-build/errors';
import type { Stack } from '@prism-build/stack';
import type { StackProject } from './openStack';
import { listOwnPods, readPod } from './pod';
import { findVolumes, removeVolumes } from './volumes';

/** Seconds that containers get to end, as in Kubernetes. */
export const defaultGrace = 30;

export function graceOf({ spec }: Stack): number {
  return spec.terminationGracePeriodSeconds ?? defaultGrace;
}

/** More than one, because Nx sends SIGTERM to all descendants: Podman then ends with status 0 and nothing done. */
const attempts = 5;

/**
 * Stops and removes a pod. In two commands: `pod rm` of one that runs waits for monitors of its containers, which wait for
 * locks that it holds, and with cgroups of version 1 gives up after three seconds. Failure: STACK_STILL_THERE.
 */
export async function removePod(
  { call }: Pick<StackProject, 'call'>,
  name: string,
  grace: number,
): Promise<Result<void>> {
  const argv = podmanPods.remove(name, grace);
  let why: string | undefined;
  // If it fails, `pod rm` stops them.
  await call({ argv: podmanPods.stop(name, grace) });
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
  const [own, fleeting, claims] = await Promise.all([
    listOwnPods(project),
    findVolumes(project, ['config', 'scratch']),
    volumes === 'remove' ? findVolumes(project, ['claim']) : ok([]),
  ]);
  if (!own.ok) return own;
  if (!fleeting.ok) return fleeting;
  if (!claims.ok) return claims;
  for (const name of own.value) {
    const removed = await removePod(project, name, grace);
    if (!removed.ok) return removed;
  }
  const emptied = await removeVolumes(project, [...fleeting.value, ...claims.value]);
  return emptied.ok ? ok({ pods: own.value, volumes: claims.value.length }) : emptied;
}
