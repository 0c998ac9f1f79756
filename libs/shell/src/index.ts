export { askGrpcHealth } from './askGrpcHealth';
export {
  bringThenRename,
  isTemporary,
  temporaryBeside,
  writeFileAtomic,
  writeThenRename,
} from './atomic';
export {
  attempt,
  fileFailure,
  findOnPath,
  ifThere,
  isExecutable,
  readText,
  readTextIfThere,
  walkDirectory,
} from './files';
export { withLock } from './lock';
export { lastLines, type OutputLine, OutputTail, type Stream } from './output';
export { runPool } from './pool';
export { markProcess, mayRun } from './processMark';
export { sayIfLong } from './progress';
export {
  type Command,
  type Finished,
  type Run,
  run,
  runForeground,
  type Started,
  startApart,
  startProcess,
} from './run';
export { within } from './within';
