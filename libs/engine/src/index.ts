export { chooseEngine } from './choose';
export { type Argv, docker, type Engine, parseInspect, podman } from './engine';
export { listContainers, listEnded, listImages, listUsed, removeImage } from './leftovers';
export { loadNames, type NameParts } from './names';
export {
  inspectContainer,
  type PublishedPort,
  parsePort,
  projectLabel,
  type RunRequest,
  removeContainer,
  runImage,
  steersEngine,
} from './runImage';
