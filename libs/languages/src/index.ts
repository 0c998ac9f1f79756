export type { Closure, Part, Reading, ReadingRequest, SourceEntry, SourceReader, Use } from './closure';
export { upwards } from './closure';
export { debianVersions } from './debian';
export { constraintHolds, nameFits } from './go/constraint';
export { readDirectives } from './go/directives';
export { parseModuleFile } from './go/modules';
export { parseGoFile } from './go/sourceFile';
export { compareGoVersions } from './go/versions';
export type {
  CheckedSources,
  CheckRequest,
  CompiledSources,
  CompileRequest,
  CompilerCall,
  Language,
  Machine,
  Placement,
  SharedUnits,
  Target,
  Toolchain,
  UsedUnit,
} from './language';
export { type Pin, parsePin } from './pin';
export { exportCommand } from './python/checkLock';
export { checkStatedPython } from './python/checkStatedPython';
export { readLocks } from './python/lockFiles';
export { machineOf } from './python/machine';
export { programFiles } from './python/program';
export { parseProject } from './python/project';
export { resolveWheels } from './python/resolveWheels';
export {
  languageNamed,
  languages,
  listCompanions,
  pinOfReference,
  recogniseCommand,
  shippedPin,
} from './registry';
export { parseCargoLock } from './rust/lockFile';
export { listPaths, type Manifest, manifestOf } from './rust/manifest';
export { readChannel, satisfiesChannel } from './rust/toolchainFile';
export { parseToml, readToml, type Table, tableOf } from './toml';
export { matchesName, partsHold } from './within';
