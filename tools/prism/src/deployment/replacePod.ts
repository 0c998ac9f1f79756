import { ok, type Result } from '@prism-build/errors';
import type { ReadyAfter } from '../stack/awaitReady';
import { startStack } from '../stack/startStack';
import { graceOf } from '../stack/stopStack';
import { removeEdge } from './edge';
import { isFronted } from './edgeContainer';
import type { Operation } from './operation';
import { emptySlots } from './slots';
import type { Version } from './version';

/** A pod that is ready. */
export interface Started {
  readonly ready: ReadyAfter | undefined;
  /** When service ended, by `performance.now()`; undefined if nothing served, or still does. */
  readonly stoppedAt: number | undefined;
}

/** Stops whatever serves, and starts a version instead, in the slot `own`. */
export async function replacePod(
  { project, limit, stopped }: Operation,
  { stack, images }: Version,
): Promise<Result<Started>> {
  const began = performance.now();
  const count = await emptySlots(project, graceOf(stack));
  if (!count.ok) return count;
  const alone = isFronted(stack) ? ok(undefined) : await removeEdge(project, 0);
  if (!alone.ok) return alone;
  const ready = await startStack(project, { stack, images, limit, stopped });
  if (!ready.ok) return ready;
  return ok({ ready: ready.value, stoppedAt: count.value > 0 ? began : undefined });
}
