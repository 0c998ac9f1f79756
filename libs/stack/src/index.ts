export { candidateOf, candidateOwner, mayRunBeside } from './lifecycle/candidate';
export {
  type Deployment,
  findPrevious,
  findServing,
  findUnderway,
  type History,
  listCommits,
  listExpired,
  type Move,
  mayReturnTo,
  moveOf,
  numberNext,
  type RecordedMove,
  replay,
} from './lifecycle/history';
export { planRecovery, type SeenPod } from './lifecycle/planRecovery';
export {
  encodeRelease,
  keptName,
  listUnneeded,
  parseRelease,
  releaseDigest,
  releaseLabel,
  releaseTag,
} from './lifecycle/release';
export { type State, states } from './lifecycle/state';
export { describeQuestion, listProbePorts, type PlannedProbe, planProbes, type Question } from './probes';
export { readStack } from './read/readStack';
export type { Stack, StackImage, StackPort } from './read/stack';
export { renderKubernetes } from './render/kubernetes';
export { ownerOf, type PodmanFacts, renderedLabel, renderPodman, stackLabel } from './render/podman';
export { listVolumes, type StackVolume, volumeLabel } from './render/volumes';
export { encodeHistory, printHistory } from './report/history';
export { printStatus, type StackStatus } from './report/table';
