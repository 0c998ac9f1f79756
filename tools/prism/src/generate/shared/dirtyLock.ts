import { type Failure, failed, generateFailure, type Result } from '@prism-build/errors';

const unfinishedMerge = 'it has the marks of an unfinished merge';

/** Whether a file has merge conflict markers of git. */
export function hasConflict(text: string): boolean {
  return /^(<{7}|>{7}) /m.test(text);
}

/** The failure LOCK_DIRTY: a lock or manifest cannot be used or edited. */
export function dirtyLock(file: string, use: 'used' | 'edited', why: string, remedy?: string): Failure {
  const what = `this file cannot be ${use}`;
  return generateFailure('LOCK_DIRTY', { what, why, at: { file }, ...(remedy && { remedy }) });
}

/** A failure for each file with merge conflict markers; undefined if there are none. */
export function refuseHalfMerged(
  use: 'used' | 'edited',
  ...files: readonly { readonly file: string; readonly text: string }[]
): Result<never> | undefined {
  const halfMerged = files.filter(({ text }) => hasConflict(text));
  if (halfMerged.length === 0) return undefined;
  return failed(...halfMerged.map(({ file }) => dirtyLock(file, use, unfinishedMerge)));
}
