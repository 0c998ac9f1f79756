import { ok, type Result } from '@prism-build/errors';
import { type Deployment, moveOf } from '@prism-build/stack';
import type { StackProject } from '../stack/openStack';
import { stopStack } from '../stack/stopStack';
import { removeCandidate } from './candidate';
import type { Journal } from './journal';
import { forgetOld } from './keepImages';

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
  if (moves.length > 0) {
    const removed = await removeCandidate(project);
    if (!removed.ok) return removed;
  }
  const stopped = await stopStack(project, grace, volumes);
  if (!stopped.ok || volumes === 'keep' || journal.history().length === 0) return stopped;
  const forgotten: Result<void> = await forgetOld(project, journal, 'none');
  return forgotten.ok ? stopped : forgotten;
}

function endOf(deployment: Deployment) {
  switch (deployment.state) {
    case 'RUNNING':
    case 'DEPLOYING':
      return [moveOf(deployment, 'STOPPED', 'down')];
    case 'BUILDING':
    case 'SCANNING':
    case 'VALIDATED':
      return [moveOf(deployment, 'FAILED', 'the command was killed')];
    default:
      return [];
  }
}
