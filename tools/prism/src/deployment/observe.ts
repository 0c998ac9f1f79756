import { setTimeout as sleep } from 'node:timers/promises';
import type { Pod } from '@prism-build/engine';
import { deployFailure, failed, ok, type Result, stackFailure } from '@prism-build/errors';
import { planProbes, type Stack } from '@prism-build/stack';
import { askProbe, findContainer } from '../stack/awaitReady';
import type { StackProject } from '../stack/openStack';
import { readPod } from '../stack/pod';
import { printLogs } from '../stack/startStack';

/** Milliseconds between two looks. */
const pause = 400;

/** Bad answers in a row that count, as Kubernetes has it without a failureThreshold. */
const patience = 3;

/**
 * Watches a stack that is ready. Failures: DEPLOY_UNHEALTHY, for the first container that ends, even if Podman starts it
 * again, or whose probe fails three times in a row; STACK_NOT_READY, if `stopped` is aborted.
 */
export async function observe(
  project: StackProject,
  stack: Stack,
  milliseconds: number,
  stopped: AbortSignal,
): Promise<Result<void>> {
  if (milliseconds === 0) return ok(undefined);
  const began = performance.now();
  const bad = new Map<string, number>();
  let first: Pod | undefined;
  let looks = 0;
  for (;;) {
    const pod = await readPod(project, stack.name);
    if (!pod.ok) return pod;
    first ??= pod.value;
    const why = findEnded(stack, first, pod.value) ?? (await findSilent(project, stack, pod.value!, bad));
    const passed = performance.now() - began;
    if (why !== undefined) {
      const what = `${why} ${(passed / 1000).toFixed(1)} s after it was ready`;
      const failure = deployFailure('DEPLOY_UNHEALTHY', { what });
      await printLogs(project, stack, [failure]);
      return failed(failure);
    }
    if (stopped.aborted) {
      const what = `deploy was stopped while it watched ${stack.name}`;
      return failed(stackFailure('STACK_NOT_READY', { what, remedy: 'Run the target again.' }));
    }
    looks += 1;
    // One look shows no change. Bad answers at the end of the time are asked again.
    if (looks > 1 && passed >= milliseconds && [...bad.values()].every((count) => count === 0))
      return ok(undefined);
    const left = milliseconds - passed;
    await sleep(left > 0 ? Math.min(pause, left) : pause);
  }
}

/** A container that does not run, or not since the first look. */
function findEnded(stack: Stack, first: Pod | undefined, pod: Pod | undefined): string | undefined {
  const ended = stack.spec.containers.find(({ name }) => {
    const before = first && findContainer(first, stack, name);
    const now = pod && findContainer(pod, stack, name);
    return (
      now?.status !== 'running' || now.restarts !== before?.restarts || now.startedAt !== before.startedAt
    );
  });
  return ended && `${ended.name} of ${stack.name} ended`;
}

async function findSilent(
  project: StackProject,
  stack: Stack,
  pod: Pod,
  bad: Map<string, number>,
): Promise<string | undefined> {
  const answers = await Promise.all(
    planProbes(stack)
      .filter(({ field }) => field === 'readinessProbe')
      .map(async (probe) => {
        const why = await askProbe(project, probe, pod, findContainer(pod, stack, probe.container)!);
        const count = why === undefined ? 0 : (bad.get(probe.container) ?? 0) + 1;
        bad.set(probe.container, count);
        return count >= patience
          ? `${probe.container} of ${stack.name} stopped answering (${why})`
          : undefined;
      }),
  );
  return answers.find((why) => why !== undefined);
}
