import { all, deployFailure, failed, ok, type Result } from '@prism-build/errors';
import {
  type Deployment,
  findPrevious,
  findServing,
  type History,
  mayReturnTo,
  mayTakeOver,
} from '@prism-build/stack';
import { checkStack } from '../stack/checkStack';
import { bringUp } from './bringUp';
import { checkEdge } from './edge';
import { moveTo, type Operation, type Served } from './operation';
import { refuseForeign } from './refuse';
import { seePods } from './seePods';
import { readVersion } from './version';

/**
 * Starts an earlier deployment instead of the one that serves: `to`, else the last healthy one before. It passed the gate when
 * it was deployed. If it is not healthy now, the one that serves comes back. Failures: ROLLBACK_UNKNOWN,
 * DEPLOY_RELEASE_MISSING, STACK_IMAGE_MISSING before anything is stopped; those of `bringUp`.
 */
export async function rollBack(operation: Operation, to: number | undefined): Promise<Result<Served>> {
  const { project, journal } = operation;
  const target = findTarget(project.project, journal.history(), to);
  if (!target.ok) return target;
  const { number, release } = target.value;
  const version = readVersion(project, number, release);
  if (!version.ok) return version;
  // At the same time, because each of them asks Podman several times.
  const [pods, ...checks] = await Promise.all([
    seePods(project, journal.history()),
    checkStack(project, version.value.stack, version.value.images),
    checkEdge(project, version.value),
  ]);
  if (!pods.ok) return pods;
  const checked = all([refuseForeign(project, pods.value), ...checks]);
  if (!checked.ok) return checked;
  const serving = findServing(journal.history());
  const cause = serving ? `rollback of deployment ${serving.number}` : 'rollback';
  const recorded = await moveTo(operation, number, 'DEPLOYING', cause);
  if (!recorded.ok) return recorded;
  // It was healthy once: it is only tried beside the one that serves if it can take over there.
  return bringUp(operation, number, version.value, pods.value, mayTakeOver(version.value.stack));
}

function findTarget(project: string, history: History, to: number | undefined): Result<Deployment> {
  const found = to === undefined ? findPrevious(history) : history.find(({ number }) => number === to);
  if (found && mayReturnTo(found)) return ok(found);
  const what =
    to === undefined
      ? `${project} has no earlier deployment that was healthy`
      : explainUnfit(project, to, found);
  const remedy = `Name another one; npx nx history ${project} lists them.`;
  return failed(deployFailure('ROLLBACK_UNKNOWN', { what, remedy }));
}

function explainUnfit(project: string, to: number, found: Deployment | undefined): string {
  if (!found) return `${project} has no deployment ${to}`;
  return found.state === 'DESTROYED'
    ? `the images of deployment ${to} of ${project} are no longer kept`
    : `deployment ${to} of ${project} never was healthy`;
}
