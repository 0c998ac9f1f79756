import { auditFailure } from '../catalogue/audit';
import { compileFailure } from '../catalogue/compile';
import { containerfileFailure } from '../catalogue/containerfile';
import { deployFailure } from '../catalogue/deploy';
import { engineFailure } from '../catalogue/engine';
import { generateFailure } from '../catalogue/generate';
import { imageFailure } from '../catalogue/image';
import { measureFailure } from '../catalogue/measure';
import { ociFailure } from '../catalogue/oci';
import { promoteFailure } from '../catalogue/promote';
import { pushFailure } from '../catalogue/push';
import { registryFailure } from '../catalogue/registry';
import { rootfsFailure } from '../catalogue/rootfs';
import { scanFailure } from '../catalogue/scan';
import { shellFailure } from '../catalogue/shell';
import { signFailure } from '../catalogue/sign';
import { stackFailure } from '../catalogue/stack';
import { verifyFailure } from '../catalogue/verify';
import type { Occasion } from '../define';
import type { Failure } from '../failure';
import { auditExplanations } from './audit';
import { compileExplanations } from './compile';
import { containerfileExplanations } from './containerfile';
import { deployExplanations } from './deploy';
import { engineExplanations } from './engine';
import type { Explanation, Explanations } from './explanation';
import { generateExplanations } from './generate';
import { imageExplanations } from './image';
import { measureExplanations } from './measure';
import { ociExplanations } from './oci';
import { promoteExplanations } from './promote';
import { pushExplanations } from './push';
import { registryExplanations } from './registry';
import { rootfsExplanations } from './rootfs';
import { scanExplanations } from './scan';
import { shellExplanations } from './shell';
import { signExplanations } from './sign';
import { stackExplanations } from './stack';
import { verifyExplanations } from './verify';

/** A part of the catalogue as docs/errors.md shows it. */
export interface Topic {
  readonly title: string;
  readonly codes: readonly (readonly [code: string, explanation: Explanation])[];
  /** The failure of a code on an occasion. */
  readonly fail: (code: string, occasion: Occasion) => Failure;
}

/** Every part of the catalogue. A part whose explanations lack a code does not compile. */
export const topics: readonly Topic[] = [
  topic('Reading a Containerfile', containerfileFailure, containerfileExplanations),
  topic('Planning and assembling an image', imageFailure, imageExplanations),
  topic('Compiling', compileFailure, compileExplanations),
  topic('Engines, RUN and running images', engineFailure, engineExplanations),
  topic('Stacks', stackFailure, stackExplanations),
  topic('Deploying stacks', deployFailure, deployExplanations),
  topic('Images of registries', registryFailure, registryExplanations),
  topic('Scanning', scanFailure, scanExplanations),
  topic('Measuring', measureFailure, measureExplanations),
  topic('Pushing', pushFailure, pushExplanations),
  topic('Signing', signFailure, signExplanations),
  topic('Verifying images', verifyFailure, verifyExplanations),
  topic('Promoting and rolling back', promoteFailure, promoteExplanations),
  topic('Bases of packages', rootfsFailure, rootfsExplanations),
  topic('Blobs, layouts and the store', ociFailure, ociExplanations),
  topic('The audit log', auditFailure, auditExplanations),
  topic('Generators', generateFailure, generateExplanations),
  topic('Processes, files and locks', shellFailure, shellExplanations),
];

function topic<Constructor extends (code: never, occasion: Occasion) => Failure>(
  title: string,
  fail: Constructor,
  explanations: Explanations<Constructor>,
): Topic {
  return {
    title,
    codes: Object.entries<Explanation>(explanations),
    fail: fail as unknown as Topic['fail'],
  };
}
