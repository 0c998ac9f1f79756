import { ok, type Result } from '@prism-build/errors';
import { findUnderway, moveOf, planRecovery } from '@prism-build/stack';
import { awaitReady } from '../stack/awaitReady';
import { stopStack } from '../stack/stopStack';
import { confirm, deploymentOf, giveUp, moveTo, type Operation, startAgain } from './bringUp';
import { removeCandidate } from './candidate';
import { seePod } from './seePod';
import { readVersion } from './version';

const interrupted = 'the command was killed';

/**
 * Finishes or undoes what a command that was killed left, so that the record and what runs agree. A deployment that turns out
 * to be unhealthy is undone, and that is no failure of the command that comes next. Returns what was done, in a line.
 */
export async function recover(operation: Operation): Promise<Result<string>> {
  const { project, journal } = operation;
  const pod = await seePod(project, journal.history());
  if (!pod.ok) return pod;
  const plan = planRecovery(journal.history(), pod.value);
  if (plan.kind === 'none') return ok('');
  if (plan.kind === 'remove') {
    const removed = await stopStack(project, 0, 'keep');
    return removed.ok ? ok('  the pod of a stopped deployment was removed\n') : removed;
  }
  if (plan.deployment.state === 'DEPLOYING') {
    const removed = await removeCandidate(project);
    if (!removed.ok) return removed;
  }
  const { number } = plan.deployment;
  const done = await carryOut(operation, plan);
  if (done.ok) return ok(`  deployment ${number} was interrupted, and ${done.value}\n`);
  // What could not be started is on record as failed, and stands in the way of nothing.
  if (findUnderway(journal.history())) return done;
  const why = done.failures.map(({ what }) => what).join('; ');
  return ok(`  deployment ${number} was interrupted, and ended: ${why}\n`);
}

type Plan = Exclude<ReturnType<typeof planRecovery>, { kind: 'none' | 'remove' }>;

async function carryOut(operation: Operation, plan: Plan): Promise<Result<string>> {
  const { project, journal } = operation;
  const { number } = plan.deployment;
  switch (plan.kind) {
    case 'abandon':
      return say(await moveTo(operation, number, 'FAILED', interrupted), 'is given up');
    case 'confirm':
      return say(await finish(operation, number), 'is finished: every probe answers');
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
      return recorded.ok ? say(await stopStack(project, 0, 'keep'), 'is undone: nothing serves') : recorded;
    }
  }
}

/** Commits a deployment whose pod is there, if it is healthy. */
async function finish(operation: Operation, number: number): Promise<Result<unknown>> {
  const { project, limit, stopped } = operation;
  const version = readVersion(project, number, deploymentOf(operation, number).release);
  if (!version.ok) return version;
  const { stack } = version.value;
  const since = performance.now();
  const ready = await awaitReady(project, stack, { since, limit, stopped });
  if (!ready.ok) return giveUp(operation, number, ready.failures, since);
  return confirm(operation, number, { number, stack, ready: undefined, gap: undefined }, since);
}

function say(done: Result<unknown>, what: string): Result<string> {
  return done.ok ? ok(what) : done;
}
