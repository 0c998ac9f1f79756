import { ok, type Result } from '@prism-build/errors';
import { findServing, findUnderway, moveOf, otherSlot, planRecovery } from '@prism-build/stack';
import { awaitReady } from '../stack/awaitReady';
import { takeOver } from './bringUp';
import { pointEdge, removeEdge } from './edge';
import { giveUp, startAgain } from './giveUp';
import { deploymentOf, moveTo, type Operation } from './operation';
import { type SlotPod, seePods } from './seePods';
import { emptySlot, emptySlots, projectIn, stackIn } from './slots';
import { readVersion } from './version';

const interrupted = 'the command was killed';

/**
 * Finishes or undoes what a command that was killed left, so that the record and what runs agree. A deployment that turns out
 * to be unhealthy is undone, and that is no failure of the command that comes next. Returns what was done, in a line.
 */
export async function recover(operation: Operation): Promise<Result<string>> {
  const { project, journal } = operation;
  // What serves is on record, and nothing is underway: no look at Podman is needed.
  if (journal.history().length === 0 || (findServing(journal.history()) && !findUnderway(journal.history())))
    return ok('');
  const pods = await seePods(project, journal.history());
  if (!pods.ok) return pods;
  const plan = planRecovery(journal.history(), pods.value);
  if (plan.kind === 'none') return ok('');
  if (plan.kind === 'remove') {
    const removed = await emptyAll(operation);
    return removed.ok ? ok('  the pod of a stopped deployment was removed\n') : removed;
  }
  const { number, state } = plan.deployment;
  // One that was only tried.
  if (state === 'DEPLOYING' && !pods.value.some(({ slot }) => slot === 'next')) {
    const removed = await emptySlot(project, 'next', 0);
    if (!removed.ok) return removed;
  }
  const done = await carryOut(operation, plan, pods.value);
  if (done.ok) return ok(`  deployment ${number} was interrupted, and ${done.value}\n`);
  // What could not be started is on record as failed, and stands in the way of nothing.
  if (findUnderway(journal.history())) return done;
  const why = done.failures.map(({ what }) => what).join('; ');
  return ok(`  deployment ${number} was interrupted, and ended: ${why}\n`);
}

type Plan = Exclude<ReturnType<typeof planRecovery>, { kind: 'none' | 'remove' }>;

async function carryOut(operation: Operation, plan: Plan, pods: readonly SlotPod[]): Promise<Result<string>> {
  const { journal } = operation;
  const { number } = plan.deployment;
  switch (plan.kind) {
    case 'abandon': {
      const settled = await settle(operation, pods);
      if (!settled.ok) return settled;
      return say(await moveTo(operation, number, 'FAILED', interrupted), 'is given up');
    }
    case 'confirm':
      return say(await finish(operation, number, pods), 'is finished: every probe answers');
    case 'return': {
      const recorded = await journal.add([
        moveOf(plan.deployment, 'FAILED', interrupted),
        moveOf(plan.fallback, 'DEPLOYING', `deployment ${number} was interrupted`),
      ]);
      if (!recorded.ok) return recorded;
      const line = `is undone: deployment ${plan.fallback.number} serves again`;
      return say(await startAgain(operation, plan.fallback.number), line);
    }
    case 'again':
      return say(await startAgain(operation, number), 'was started again');
    case 'clear': {
      const recorded = await moveTo(operation, number, 'FAILED', interrupted);
      return recorded.ok ? say(await emptyAll(operation), 'is undone: nothing serves') : recorded;
    }
  }
}

/** Lets requests go to the deployment that serves, and removes a pod beside its own. */
async function settle(
  { project, journal, limit }: Operation,
  pods: readonly SlotPod[],
): Promise<Result<unknown>> {
  const serving = findServing(journal.history());
  const pod = pods.find(({ whole, release }) => whole && release === serving?.release);
  if (!serving || !pod) return ok(undefined);
  const version = readVersion(project, serving.number, serving.release);
  if (!version.ok) return version;
  const pointed = await pointEdge(project, version.value, pod.slot, limit);
  if (!pointed.ok) return pointed;
  return pods.length > 1 ? emptySlot(project, otherSlot(pod.slot), 0) : ok(undefined);
}

/** Commits a deployment whose pod is there, if it is healthy. */
async function finish(
  operation: Operation,
  number: number,
  pods: readonly SlotPod[],
): Promise<Result<unknown>> {
  const { project, limit, stopped } = operation;
  const { release } = deploymentOf(operation, number);
  const version = readVersion(project, number, release);
  if (!version.ok) return version;
  const { slot } = pods.find((one) => one.whole && one.release === release)!;
  const since = performance.now();
  const pod = stackIn(version.value.stack, slot);
  const ready = await awaitReady(projectIn(project, slot), pod, { since, limit, stopped });
  if (!ready.ok) return giveUp(operation, number, slot, ready.failures, since);
  return takeOver(operation, number, version.value, slot, { ready: undefined, stoppedAt: undefined });
}

/** Leaves nothing. */
async function emptyAll({ project }: Operation): Promise<Result<unknown>> {
  const removed = await emptySlots(project, 0);
  return removed.ok ? removeEdge(project, 0) : removed;
}

function say(done: Result<unknown>, what: string): Result<string> {
  return done.ok ? ok(what) : done;
}
