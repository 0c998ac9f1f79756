export { type BuilderStore, podmanBuilder, type SecretSource } from './builder';
export { chooseEngine } from './choose';
export { dockerRunner, parseRootless, type RunCall } from './containerRun';
export { type DockerMount, dockerCommand, parseDiff } from './dockerCommand';
export { parseEdge, podmanEdge, type SeenEdge } from './edge';
export { type Argv, docker, type Engine, parseInspect, podman } from './engine';
export { explainExit } from './exitStatus';
export { listContainers, listEnded, listImages, listUsed, removeImage } from './leftovers';
export { builderName, loadNames } from './names';
export {
  type Pod,
  type PodContainer,
  parseContainers,
  parseControllers,
  parseImageNames,
  parseNames,
  parsePod,
  podmanPods,
} from './pods';
export { type PrintedMount, printRun, runHostname } from './printRun';
export { privilegedPortRemedy, remedyFor } from './refusals';
export {
  awaitContainer,
  inspectContainer,
  inspectOwner,
  type PublishedPort,
  parsePort,
  projectLabel,
  type RunRequest,
  removeContainer,
  runImage,
  signalContainer,
  steersEngine,
} from './runImage';
