export { type BuildArgs, checkVariables, valuesOf, variablesOf } from './buildArgs';
export { buildPlatform } from './buildPlatform';
export {
  compileDirectory,
  contextDigestsPath,
  type Directories,
  directoriesOf,
  imageDirectory,
  imageKey,
  imageParts,
  lockPath,
} from './directories';
export { type IsIgnored, openGitIgnore } from './gitIgnore';
export { executorIdentity, inferenceIdentity } from './identity';
export {
  builderDirectory,
  componentNameOf,
  imageName,
  isImageName,
  isLocal,
  projectNameOf,
  targetName,
  toName,
} from './naming';
export { platformOf } from './platformOf';
export {
  contextPaths,
  listIgnoreFiles,
  literalPart,
  type ReadText,
  readBelow,
  readContextTree,
  readIgnoreRules,
} from './readContext';
export { expandSource } from './stage/expandSource';
export { divideFacts, noFacts, openFacts } from './stage/facts';
export { type Files, openFiles } from './stage/files';
export { absoluteIn, type Kind, type Looked, lookAt, nowhere } from './stage/look';
export { isPassedOver } from './stage/passedOver';
export { inContext, joined } from './stage/paths';
export { readStage, type StageReading } from './stage/readStage';
export { aspects, isSameIn, placeOf, type Trace, toText } from './stage/trace';
export {
  listUnhashed,
  listUnhashedParts,
  type Restamped,
  type Unhashed,
  type UnhashedRequest,
} from './stage/unhashed';
export { findSubmodules, listSubmodules } from './submodules';
