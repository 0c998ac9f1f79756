import { defineCatalogue } from '../define';

/** Failures of `deploy`, and of the `rollback` of stacks. */
export const deployFailure = defineCatalogue({
  DEPLOY_REFUSED: { remedy: 'Correct what is named above, or use another image.' },
  DEPLOY_UNHEALTHY: {
    remedy: 'Read the last lines of the container above; correct it, and deploy again.',
  },
  DEPLOY_ROLLED_BACK: { remedy: 'Correct the version that failed, and deploy again.' },
  DEPLOY_NOT_RESTORED: {
    remedy: 'Correct what is named above; then: npx nx rollback <stack>, or npx nx deploy <stack>.',
  },
  DEPLOY_EDGE_FAILED: {
    remedy: 'Read what HAProxy says above; correct the Ingress in stack.yaml, and deploy again.',
  },
  DEPLOY_POD_FOREIGN: { remedy: 'Remove the pod first: npx nx down <stack>' },
  DEPLOY_RUNS: {
    remedy: 'npx nx deploy <stack> replaces it by a new version, npx nx down <stack> stops it.',
  },
  DEPLOY_RELEASE_MISSING: { remedy: 'Deploy that version again from its commit.' },
  ROLLBACK_UNKNOWN: { remedy: 'Name another one; npx nx history <stack> lists them.' },
});
