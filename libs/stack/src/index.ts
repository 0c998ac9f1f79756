export { describeQuestion, listProbePorts, type PlannedProbe, planProbes, type Question } from './probes';
export { readStack } from './read/readStack';
export type { Stack, StackImage, StackPort } from './read/stack';
export { renderKubernetes } from './render/kubernetes';
export { ownerOf, type PodmanFacts, renderedLabel, renderPodman, stackLabel } from './render/podman';
export { listVolumes, type StackVolume, volumeLabel } from './render/volumes';
export { printStatus, type StackStatus } from './report/table';
