import { type Failure, failed, generateFailure, type Result } from '@prism-build/errors';

const unfinishedMerge = 'it has the marks of an unfinished merge';

/** Whether git left a merge for somebody to finish. */
export function hasConflict(text: string): boolean {
  return /^(<{7}|>{7}) /m.test(text);
}

/** LOCK_DIRTY: nothing can be made of a lock or manifest, or written into it. */
export function dirtyLock(file: string, use: 'used' | 'edited', why: string, remedy?: string): Failure {
  const what = `this file cannot be ${use}`;
  return generateFailure('LOCK_DIRTY', { what, why, at: { file }, ...(remedy && { remedy }) });
}

/** The refusal of those that git left half merged; undefined where there is none. */
export function refuseHalfMerged(
  use: 'used' | 'edited',
  ...files: readonly { readonly file: string; readonly text: string }[]
): Result<never> | undefined {
  const halfMerged = files.filter(({ text }) => hasConflict(text));
  if (halfMerged.length === 0) return undefined;
  return failed(...halfMerged.map(({ file }) => dirtyLock(file, use, unfinishedMerge)));
}
