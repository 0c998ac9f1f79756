export {
  attempt,
  fileFailure,
  isExecutable,
  readText,
  readTextIfThere,
  temporaryBeside,
  writeFileAtomic,
} from './files';
export { withLock } from './lock';
export { runPool } from './pool';
export {
  type Command,
  type Ended,
  type Finished,
  type ForegroundCommand,
  type Run,
  run,
  runForeground,
} from './run';
