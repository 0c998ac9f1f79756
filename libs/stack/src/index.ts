export {
  countRequests,
  type EdgeServer,
  isSwitched,
  listServers,
  readServers,
  switchCommands,
} from './edge/commands';
export { edgeDigest, edgePaths, renderHaproxy } from './edge/haproxy';
export { otherSlot, type Slot, type Upstream } from './edge/upstream';
export { asDeployed, candidateOf, candidateOwner, mayRunBeside, mayTakeOver } from './lifecycle/candidate';
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
export { describeQuestion, listFreePorts, type PlannedProbe, planProbes, type Question } from './probes';
export { type Edge, edgeContainer } from './read/edge';
export { readStack } from './read/readStack';
export type { Stack, StackImage, StackPort } from './read/stack';
export { renderCompose } from './render/compose';
export type { RenderedFiles } from './render/form';
export { renderKubernetes } from './render/kubernetes';
export { renderKustomize } from './render/kustomize';
export { ownerOf, type PodmanFacts, renderedLabel, renderPodman, stackLabel } from './render/podman';
export { renderQuadlet } from './render/quadlet';
export { listResources, type Resource } from './render/resources';
export { listVolumes, type StackVolume, volumeLabel } from './render/volumes';
export { encodeHistory, printHistory } from './report/history';
export { printStatus, type StackStatus } from './report/table';
export { placeFinding } from './validate/placeFinding';
export { podSecurity, type RenderFormat, type Validator, validators } from './validate/validators';
