import { ok, type Result } from '@prism-build/errors';
import {
  type Deployment,
  findServing,
  listCommits,
  mayRunBeside,
  mayTakeOver,
  otherSlot,
  type Slot,
} from '@prism-build/stack';
import type { ReadyAfter } from '../stack/awaitReady';
import { startStack } from '../stack/startStack';
import { graceOf } from '../stack/stopStack';
import { drain, pointEdge } from './edge';
import { isFronted } from './edgeContainer';
import { giveUp } from './giveUp';
import { observe } from './observe';
import { deploymentOf, fail, moveTo, type Operation, type Served } from './operation';
import { replacePod, type Started } from './replacePod';
import type { SlotPod } from './seePods';
import { emptySlot, projectIn, stackIn } from './slots';
import { readVersion, type Version } from './version';

/**
 * Starts a deployment that is DEPLOYING, watches it, and commits. If it is not healthy, the one that served serves again.
 * `beside` first starts it next to that one, so that a bad version causes no gap; if a reverse proxy can switch, a good one
 * causes none either.
 *
 * @param pods as they are
 */
export async function bringUp(
  operation: Operation,
  number: number,
  version: Version,
  pods: readonly SlotPod[],
  beside: boolean,
): Promise<Result<Served>> {
  const began = performance.now();
  const { stack } = version;
  const fallback = findServing(operation.journal.history());
  if (beside && fallback && mayRunBeside(stack)) {
    const serving = findSlot(operation, fallback, pods);
    const taking = serving !== undefined && mayTakeOver(stack);
    const slot = otherSlot(serving ?? 'own');
    const ready = await startIn(operation, version, slot);
    if (!ready.ok) return fail(operation, number, ready.failures);
    const started = { ready: ready.value, stoppedAt: undefined };
    if (taking) return takeOver(operation, number, version, slot, started);
    const removed = await emptySlot(operation.project, slot, 0);
    if (!removed.ok) return fail(operation, number, removed.failures);
  }
  const replaced = await replacePod(operation, version);
  if (!replaced.ok) return giveUp(operation, number, 'own', replaced.failures, began);
  return takeOver(operation, number, version, 'own', replaced.value);
}

/**
 * The rest of a deployment whose pod in a slot is ready: the reverse proxy switches to it, it is watched, it is committed, and a
 * pod in the other slot ends when its requests have ended.
 */
export async function takeOver(
  operation: Operation,
  number: number,
  { stack, images }: Version,
  slot: Slot,
  { ready, stoppedAt }: Started,
): Promise<Result<Served>> {
  const { project, journal, stopped, limit } = operation;
  const began = stoppedAt ?? performance.now();
  let outage = 0;
  if (isFronted(stack)) {
    if (deploymentOf(operation, number).state === 'DEPLOYING') {
      const recorded = await moveTo(operation, number, 'SWITCHING', 'every probe answers');
      if (!recorded.ok) return recorded;
    }
    const pointed = await pointEdge(project, { stack, images }, slot, limit);
    if (!pointed.ok) return giveUp(operation, number, slot, pointed.failures, began);
    outage = pointed.value;
    if (stoppedAt !== undefined) outage = performance.now() - stoppedAt;
    await drain(project, stack, otherSlot(slot), graceOf(stack) * 1000);
  } else if (stoppedAt !== undefined) outage = performance.now() - stoppedAt;
  const watched = await observe(projectIn(project, slot), stackIn(stack, slot), operation.observe, stopped);
  if (!watched.ok) return giveUp(operation, number, slot, watched.failures, began);
  if (mayTakeOver(stack)) {
    const ended = await emptySlot(project, otherSlot(slot), graceOf(stack));
    if (!ended.ok) return ended;
  }
  const served = findServing(journal.history()) !== undefined || stoppedAt !== undefined;
  const moves = listCommits(journal.history(), deploymentOf(operation, number), 'every probe answers');
  const recorded = await journal.add(moves);
  return recorded.ok ? ok({ number, stack, ready, gap: served ? outage : undefined }) : recorded;
}

/** Starts a version in a free slot and watches it. Leaves nothing of one that is not healthy. */
async function startIn(
  operation: Operation,
  { stack, images }: Version,
  slot: Slot,
): Promise<Result<ReadyAfter>> {
  const { limit, stopped } = operation;
  const project = projectIn(operation.project, slot);
  const candidate = stackIn(stack, slot);
  const ready = await startStack(project, { stack: candidate, images, limit, stopped });
  if (!ready.ok) return ready;
  const watched = await observe(project, candidate, operation.observe, stopped);
  if (watched.ok) return ready;
  const removed = await emptySlot(operation.project, slot, 0);
  return removed.ok ? watched : removed;
}

/** The slot of the pod that serves, if requests reach it through the reverse proxy. */
function findSlot(
  { project }: Operation,
  { number, release }: Deployment,
  pods: readonly SlotPod[],
): Slot | undefined {
  const version = readVersion(project, number, release);
  if (!version.ok || !mayTakeOver(version.value.stack)) return undefined;
  return pods.find((pod) => pod.whole && pod.release === release)?.slot;
}
