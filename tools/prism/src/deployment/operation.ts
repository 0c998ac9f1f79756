import { type Failure, failed, type Result } from '@prism-build/errors';
import { type Deployment, moveOf, type State } from '@prism-build/stack';
import { listCauses } from '../nx/recordAudit';
import type { ReadyAfter } from '../stack/awaitReady';
import type { StackProject } from '../stack/openStack';
import type { Journal } from './journal';
import type { Version } from './version';

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
  /**
   * Milliseconds without service: from the request to stop the old pod to the last answer of a probe, or 0 if the reverse proxy
   * switched; undefined if nothing served before.
   */
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
