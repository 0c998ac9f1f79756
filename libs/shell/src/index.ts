export {
  attempt,
  fileFailure,
  isExecutable,
  readTextIfThere,
  temporaryBeside,
  writeFileAtomic,
} from './files';
export { withLock } from './lock';
export { runPool } from './pool';
export { type Command, type Finished, type Run, run } from './run';
