import { deployFailure, type Failure, failed, ok, type Result } from '@prism-build/errors';
import {
  candidateOf,
  type Deployment,
  findServing,
  listCommits,
  mayRunBeside,
  moveOf,
  type State,
} from '@prism-build/stack';
import { listCauses } from '../nx/recordAudit';
import type { ReadyAfter } from '../stack/awaitReady';
import { checkStack } from '../stack/checkStack';
import type { StackProject } from '../stack/openStack';
import { startStack } from '../stack/startStack';
import { defaultGrace, graceOf, stopStack } from '../stack/stopStack';
import { candidateProject, removeCandidate } from './candidate';
import type { Journal } from './journal';
import { observe } from './observe';
import { readVersion, type Version } from './version';

/** One command that works on the deployments of a stack, under its lock. */
export interface Operation {
  readonly project: StackProject;
  readonly journal: Journal;
  /** Milliseconds in which every probe must have answered. */
  readonly limit: number;
  /** Milliseconds for which a version that is ready is watched. */
  readonly observe: number;
  readonly stopped: AbortSignal;
}

/** How a deployment came to serve. */
export interface Served {
  readonly number: number;
  readonly stack: Version['stack'];
  readonly ready: ReadyAfter | undefined;
  /** Milliseconds from the request to stop the old pod to the last answer of a probe; undefined if nothing served before. */
  readonly gap: number | undefined;
}

export function deploymentOf({ journal }: Pick<Operation, 'journal'>, number: number): Deployment {
  return journal.history().find((one) => one.number === number)!;
}

export async function moveTo(
  operation: Operation,
  number: number,
  to: State,
  cause: string,
): Promise<Result<unknown>> {
  return operation.journal.add([moveOf(deploymentOf(operation, number), to, cause)]);
}

/** Records that a deployment failed. Returns the failures, and that of the record. */
export async function fail(
  operation: Operation,
  number: number,
  failures: readonly Failure[],
): Promise<Result<never>> {
  const recorded = await moveTo(operation, number, 'FAILED', listCauses(failures).join('; '));
  return failed(...failures, ...(recorded.ok ? [] : recorded.failures));
}

/**
 * Starts a deployment that is DEPLOYING in place of the one that serves, watches it, and commits. If it is not healthy, the
 * one that served serves again. `beside` first tries it next to that one, so that a bad version causes no gap.
 */
export async function bringUp(
  operation: Operation,
  number: number,
  version: Version,
  beside: boolean,
): Promise<Result<Served>> {
  const fallback = findServing(operation.journal.history());
  if (beside && fallback && mayRunBeside(version.stack)) {
    const tried = await tryBeside(operation, version);
    if (!tried.ok) return fail(operation, number, tried.failures);
  }
  const began = performance.now();
  const replaced = await replacePod(operation, version);
  if (!replaced.ok) return giveUp(operation, number, replaced.failures, began);
  return confirm(operation, number, { number, stack: version.stack, ...replaced.value }, began);
}

/** Watches a deployment whose pod is ready, and commits it. */
export async function confirm(
  operation: Operation,
  number: number,
  served: Served,
  began: number,
): Promise<Result<Served>> {
  const { project, journal, stopped } = operation;
  const watched = await observe(project, served.stack, operation.observe, stopped);
  if (!watched.ok) return giveUp(operation, number, watched.failures, began);
  const moves = listCommits(journal.history(), deploymentOf(operation, number), 'every probe answers');
  const recorded = await journal.add(moves);
  return recorded.ok ? ok(served) : recorded;
}

async function tryBeside(operation: Operation, { stack, images }: Version): Promise<Result<void>> {
  const { limit, stopped } = operation;
  const project = candidateProject(operation.project);
  const candidate = candidateOf(stack);
  const ready = await startStack(project, { stack: candidate, images, limit, stopped });
  if (!ready.ok) return ready;
  const watched = await observe(project, candidate, operation.observe, stopped);
  const removed = await removeCandidate(operation.project);
  return watched.ok ? (removed.ok ? ok(undefined) : removed) : watched;
}

async function replacePod(
  { project, limit, stopped }: Operation,
  { stack, images }: Version,
): Promise<Result<Pick<Served, 'ready' | 'gap'>>> {
  const began = performance.now();
  const removed = await stopStack(project, graceOf(stack), 'keep');
  if (!removed.ok) return removed;
  const ready = await startStack(project, { stack, images, limit, stopped });
  if (!ready.ok) return ready;
  const gap = removed.value.pods.length > 0 ? performance.now() - began : undefined;
  return ok({ ready: ready.value, gap });
}

/**
 * Ends a deployment that is not healthy: the one that served is started again, or, if there is none, nothing is left. A
 * command that was asked to stop does that as well. Always returns failures.
 */
export async function giveUp(
  operation: Operation,
  number: number,
  failures: readonly Failure[],
  began: number,
): Promise<Result<never>> {
  const { project, journal } = operation;
  const fallback = findServing(journal.history());
  const cause = listCauses(failures).join('; ');
  const recorded = await journal.add([
    moveOf(deploymentOf(operation, number), 'FAILED', cause),
    ...(fallback ? [moveOf(fallback, 'DEPLOYING', `deployment ${number} failed`)] : []),
  ]);
  if (!recorded.ok) return failed(...failures, ...recorded.failures);
  if (!fallback) {
    const removed = await stopStack(project, defaultGrace, 'keep');
    return failed(...failures, ...(removed.ok ? [] : removed.failures));
  }
  const again = await startAgain(operation, fallback.number);
  if (!again.ok) return failed(...failures, ...again.failures);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  const what = `${project.project} runs deployment ${fallback.number} again, as deployment ${number} failed; it was out of service for ${seconds} s`;
  return failed(...failures, deployFailure('DEPLOY_ROLLED_BACK', { what }));
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
  const { release } = deploymentOf(operation, number);
  const version = readVersion(operation.project, number, release);
  if (!version.ok) return version;
  const { stack, images } = version.value;
  const checked = await checkStack(operation.project, stack, images);
  return checked.ok ? replacePod(operation, version.value) : checked;
}
