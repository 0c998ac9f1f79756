export { chooseEngine } from './choose';
export { type Argv, docker, type Engine, parseInspect, podman } from './engine';
export { loadNames, type NameParts } from './names';
