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
export { keepFacts, noFacts } from './stage/facts';
export { type Files, openFiles } from './stage/files';
export { absoluteIn, type Looked, lookAt, nowhere, parentOf, type Signature } from './stage/look';
export { inContext, joined } from './stage/mounts';
export { isPassedOver } from './stage/passedOver';
export { readStage, type StageReading } from './stage/readStage';
export {
  listUnhashed,
  listUnhashedParts,
  type Restamped,
  type Unhashed,
  type UnhashedRequest,
} from './stage/unhashed';
export { isSame, placeOf, signatureIn, toText, type Witness } from './stage/witness';
export { findSubmodules, listSubmodules } from './submodules';
