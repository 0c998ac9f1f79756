import { deployFailure, type Failure, failed, type Result } from '@prism-build/errors';
import { findServing, moveOf, otherSlot, type Slot } from '@prism-build/stack';
import { listCauses } from '../nx/recordAudit';
import { checkStack } from '../stack/checkStack';
import { defaultGrace } from '../stack/stopStack';
import { pointEdge, removeEdge } from './edge';
import { deploymentOf, fail, moveTo, type Operation } from './operation';
import { replacePod } from './replacePod';
import { seePods } from './seePods';
import { emptySlot, emptySlots } from './slots';
import { readVersion } from './version';

/**
 * Ends a deployment whose pod in a slot is not healthy: the one that served serves again, or, if there is none, nothing is left.
 * A command that was asked to stop does that as well. Always returns failures.
 */
export async function giveUp(
  operation: Operation,
  number: number,
  slot: Slot,
  failures: readonly Failure[],
  began: number,
): Promise<Result<never>> {
  const { project, journal } = operation;
  const fallback = findServing(journal.history());
  const pods = await seePods(project, journal.history());
  if (!pods.ok) return failed(...failures, ...pods.failures);
  const cause = listCauses(failures).join('; ');
  const recorded = await journal.add([
    moveOf(deploymentOf(operation, number), 'FAILED', cause),
    ...(fallback ? [moveOf(fallback, 'DEPLOYING', `deployment ${number} failed`)] : []),
  ]);
  if (!recorded.ok) return failed(...failures, ...recorded.failures);
  if (!fallback) {
    const removed = await emptySlots(project, defaultGrace);
    const alone = removed.ok ? await removeEdge(project, 0) : removed;
    return failed(...failures, ...(alone.ok ? [] : alone.failures));
  }
  // After a switch, the pod of the one that served is still there.
  const kept = pods.value.find(
    (pod) => pod.slot === otherSlot(slot) && pod.whole && pod.release === fallback.release,
  );
  const again = kept
    ? await switchBack(operation, fallback.number, kept.slot)
    : await startAgain(operation, fallback.number);
  if (!again.ok) return failed(...failures, ...again.failures);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  const how = kept
    ? `requests went to the new version for ${seconds} s`
    : `it was out of service for ${seconds} s`;
  const what = `${project.project} runs deployment ${fallback.number} again, as deployment ${number} failed; ${how}`;
  return failed(...failures, deployFailure('DEPLOY_ROLLED_BACK', { what }));
}

/** Sends requests to a deployment again whose pod in a slot still runs, and removes the other one. */
async function switchBack(operation: Operation, number: number, slot: Slot): Promise<Result<unknown>> {
  const { project, limit } = operation;
  const version = readVersion(project, number, deploymentOf(operation, number).release);
  if (!version.ok) return version;
  const pointed = await pointEdge(project, version.value, slot, limit);
  if (!pointed.ok) return startAgain(operation, number);
  const removed = await emptySlot(project, otherSlot(slot), 0);
  return removed.ok ? moveTo(operation, number, 'RUNNING', 'requests go to it again') : removed;
}

/** Starts a deployment again that was healthy and is DEPLOYING. Failure: DEPLOY_NOT_RESTORED. */
export async function startAgain(operation: Operation, number: number): Promise<Result<unknown>> {
  const { project } = operation;
  // Runs to its end even if the command was asked to stop, because nothing serves until then.
  const patient = { ...operation, stopped: new AbortController().signal };
  const started = await startKept(patient, number);
  if (started.ok) return moveTo(operation, number, 'RUNNING', 'every probe answers again');
  const what = `deployment ${number} of ${project.project} could not be started again: nothing serves`;
  return fail(operation, number, [...started.failures, deployFailure('DEPLOY_NOT_RESTORED', { what })]);
}

async function startKept(operation: Operation, number: number): Promise<Result<unknown>> {
  const { project, limit } = operation;
  const version = readVersion(project, number, deploymentOf(operation, number).release);
  if (!version.ok) return version;
  const checked = await checkStack(project, version.value.stack, version.value.images);
  if (!checked.ok) return checked;
  const replaced = await replacePod(operation, version.value);
  return replaced.ok ? pointEdge(project, version.value, 'own', limit) : replaced;
}
