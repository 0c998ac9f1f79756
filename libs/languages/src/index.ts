import { go } from './go';
import type { Language, Recognised } from './language';
import { python } from './python';
import { rust } from './rust';

export type { Closure, Part, Reading, ReadingRequest, SourceEntry, SourceReader, Use } from './closure';
export { upwards } from './closure';
export { debianVersions } from './debian';
export { constraintHolds, nameFits } from './go/constraint';
export { parseModuleFile } from './go/modules';
export { parseGoFile } from './go/sourceFile';
export { compareGoVersions } from './go/versions';
export type {
  CheckedSources,
  CheckRequest,
  CompileDirectories,
  CompiledSources,
  CompileRequest,
  CompilerCall,
  Explanation,
  Inspection,
  Language,
  Machine,
  Obtaining,
  Placement,
  Recognised,
  SharedUnits,
  Target,
  Toolchain,
  UsedUnit,
} from './language';
export { type Pin, parsePin, pinOfReference } from './pin';
export { exportCommand } from './python/checkLock';
export { checkStatedPython } from './python/checkStatedPython';
export { readLocks } from './python/lockFiles';
export { machineOf } from './python/machine';
export { programFiles } from './python/program';
export { resolveWheels } from './python/resolveWheels';
export { readChannel, satisfiesChannel } from './rust/toolchainFile';
export { matchesName, partsHold } from './within';

/** Every language there is; the first that recognises a command has it. */
export const languages: readonly Language[] = [go, rust, python];

export function recogniseCommand(
  argv: readonly string[],
): { language: Language; recognised: Recognised } | undefined {
  for (const language of languages) {
    const recognised = language.recognise(argv);
    if (recognised) return { language, recognised };
  }
  return undefined;
}
