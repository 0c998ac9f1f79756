import { deployFailure, failed, ok, type Result } from '@prism-build/errors';
import { findServing, type History, type SeenPod } from '@prism-build/stack';
import type { StackProject } from '../stack/openStack';

/** Failure: DEPLOY_POD_FOREIGN, for a pod that `up` started: nothing could go back to it. */
export function refuseForeign({ project }: StackProject, pods: readonly SeenPod[]): Result<void> {
  if (pods.every(({ release }) => release !== undefined)) return ok(undefined);
  const what = `the pod of ${project} was started by \`up\``;
  const remedy = `Remove the pod first: npx nx down ${project}`;
  return failed(deployFailure('DEPLOY_POD_FOREIGN', { what, remedy }));
}

/** Failure: DEPLOY_RUNS, for `up` and `restart` of a stack that was deployed. */
export function refuseDeployed({ project }: StackProject, history: History): Result<void> {
  const serving = findServing(history);
  if (!serving) return ok(undefined);
  const what = `${project} runs as deployment ${serving.number}`;
  const remedy = `npx nx deploy ${project} replaces it by a new version, npx nx down ${project} stops it.`;
  return failed(deployFailure('DEPLOY_RUNS', { what, remedy }));
}
