import { ok, type Result } from '@prism-build/errors';
import { type Deployment, moveOf } from '@prism-build/stack';
import type { StackProject } from '../stack/openStack';
import { stopStack } from '../stack/stopStack';
import { removeEdge } from './edge';
import type { Journal } from './journal';
import { forgetOld } from './keepImages';
import { emptySlot } from './slots';

/**
 * `down` of a stack: its deployments are STOPPED, on record first. With its volumes the history ends: nothing is kept to go
 * back to.
 */
export async function stopDeployed(
  project: StackProject,
  journal: Journal,
  grace: number,
  volumes: 'keep' | 'remove',
): ReturnType<typeof stopStack> {
  const moves = journal.history().flatMap(endOf);
  const recorded = moves.length > 0 ? await journal.add(moves) : ok(undefined);
  if (!recorded.ok) return recorded;
  // Requests that are underway end before the pods do.
  const alone: Result<void> = await removeEdge(project, grace);
  if (!alone.ok) return alone;
  const next = journal.history().length > 0 ? await emptySlot(project, 'next', grace) : ok({ pods: [] });
  if (!next.ok) return next;
  const own = await stopStack(project, grace, volumes);
  const stopped = own.ok ? ok({ ...own.value, pods: [...own.value.pods, ...next.value.pods] }) : own;
  if (!stopped.ok || volumes === 'keep' || journal.history().length === 0) return stopped;
  const forgotten: Result<void> = await forgetOld(project, journal, 'none');
  return forgotten.ok ? stopped : forgotten;
}

function endOf(deployment: Deployment) {
  switch (deployment.state) {
    case 'RUNNING':
    case 'DEPLOYING':
    case 'SWITCHING':
      return [moveOf(deployment, 'STOPPED', 'down')];
    case 'BUILDING':
    case 'SCANNING':
    case 'VALIDATED':
      return [moveOf(deployment, 'FAILED', 'the command was killed')];
    default:
      return [];
  }
}
