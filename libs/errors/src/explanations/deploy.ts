import type { deployFailure } from '../catalogue/deploy';
import type { Explanations } from './explanation';

export const deployExplanations: Explanations<typeof deployFailure> = {
  DEPLOY_REFUSED: {
    means:
      'The gate of `deploy` refuses an image of a registry that the stack names. What runs was not touched.',
    causes: [
      'Its scan finds what the policy blocks.',
      'A rule of verify-policy.json is for it, and it has no such signature.',
    ],
    example: { what: 'verify-image refuses registry.example/team/redis@sha256:0123', why: 'VERIFY_UNSIGNED' },
  },
  DEPLOY_UNHEALTHY: {
    means: 'A container was ready, and then ended or stopped answering while `deploy` watched it.',
    causes: ['The program fails after its start.', 'It needs more memory than its limit.'],
    example: { what: 'api of shop ended 1.2 s after it was ready' },
  },
  DEPLOY_ROLLED_BACK: {
    means:
      'A new version was not healthy. `deploy` removed it and started the one before again, from images that are kept on this machine.',
    causes: ['The failure before this one says why the new version was not healthy.'],
    example: {
      what: 'shop runs deployment 2 again, as deployment 3 failed; it was out of service for 2.1 s',
    },
  },
  DEPLOY_NOT_RESTORED: {
    means: 'A new version was not healthy, and the one before could not be started again. Nothing serves.',
    causes: [
      'What both need is gone: a port, a secret, space on the disk.',
      'Somebody removed the kept image.',
    ],
    example: { what: 'deployment 2 of shop could not be started again: nothing serves' },
  },
  DEPLOY_EDGE_FAILED: {
    means:
      'A new version was ready, and the reverse proxy of the stack did not start or did not switch to it. Requests go to the version before.',
    causes: [
      'Another program listens on a port of the Ingress.',
      'A secret of the Ingress is no certificate or no key in PEM.',
      'The image that the Ingress names has no HAProxy or no `nc`.',
    ],
    example: { what: 'the reverse proxy of shop could not be switched to a version', why: 'it ended: …' },
  },
  DEPLOY_POD_FOREIGN: {
    means:
      'Podman has a pod of this stack that `up` started. It passed no gate, so `deploy` could not go back to it.',
    causes: ['The stack was tried with `up`.'],
    example: {
      what: 'the pod of shop was started by `up`',
      remedy: 'Remove the pod first: npx nx down shop',
    },
  },
  DEPLOY_RUNS: {
    means:
      '`up` and `restart` do not replace a stack that was deployed, because they have no gate and no way back.',
    causes: ['The stack was deployed on this machine.'],
    example: { what: 'shop runs as deployment 3' },
  },
  DEPLOY_RELEASE_MISSING: {
    means:
      'The file with the stack.yaml and the images of a deployment is missing in .prism/releases, or was changed.',
    causes: ['The directory .prism was removed.'],
    example: { what: 'deployment 2 of shop has no file any more' },
  },
  ROLLBACK_UNKNOWN: {
    means:
      'There is no such deployment to go back to. A deployment counts if it was healthy once and its images are kept.',
    causes: [
      'It never was healthy.',
      'It is older than the last ones that --keep of `deploy` names.',
      '`down --volumes` ended the history.',
    ],
    example: { what: 'shop has no earlier deployment that was healthy' },
  },
};
