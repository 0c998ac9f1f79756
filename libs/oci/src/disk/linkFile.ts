import { constants } from 'node:fs';
import { chmod, copyFile, link, open, rename, rm, stat } from 'node:fs/promises';
import { temporaryBeside } from '@prism-build/shell';
import { isSystemError, unlessMissing } from './failures';

/** Read-only: editing a blob in place would change all its hard links. */
export const BLOB_MODE = 0o444;

const NO_LINK = new Set(['EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EACCES']);

/**
 * Makes `destination` a hard link of `source`, or a copy if the file system has no hard links. Atomic: `destination` is
 * the old file or the complete new one.
 */
export async function linkOrCopy(source: string, destination: string): Promise<void> {
  if (await isSameFile(source, destination)) return;
  const temporary = temporaryBeside(destination);
  try {
    await linkTo(source, temporary);
    await rename(temporary, destination);
  } finally {
    // rename(2) does nothing, and leaves both names, when they are the same file already.
    await rm(temporary, { force: true });
  }
}

async function linkTo(source: string, temporary: string): Promise<void> {
  try {
    await link(source, temporary);
  } catch (error) {
    if (!isSystemError(error) || !NO_LINK.has(error.code ?? '')) throw error;
    await copyTo(source, temporary);
  }
}

async function copyTo(source: string, temporary: string): Promise<void> {
  await copyFile(source, temporary, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  const file = await open(temporary, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
  await chmod(temporary, BLOB_MODE);
}

async function isSameFile(a: string, b: string): Promise<boolean> {
  const [first, second] = await Promise.all([stat(a), unlessMissing(stat(b))]);
  return second !== undefined && first.ino === second.ino && first.dev === second.dev;
}
