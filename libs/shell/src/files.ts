import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import { dirname, join } from 'node:path';
import { type Failure, failed, ok, type Result, shellFailure } from '@prism-build/errors';

/** The failure for an exception of node:fs. */
export function fileFailure(error: unknown, what: string): Failure {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') return shellFailure('DISK_FULL', { what, why: message });
  const kind = code === 'ENOENT' || code === 'ENOTDIR' ? 'FILE_UNREADABLE' : 'FILE_UNWRITABLE';
  return shellFailure(kind, { what, why: message });
}

/** Turns exceptions of a block of file work into one failure. */
export async function attempt<T>(what: string, work: () => Promise<T> | T): Promise<Result<T>> {
  try {
    return ok(await work());
  } catch (error) {
    return failed(fileFailure(error, what));
  }
}

/** Writes beside the destination, syncs and renames: readers see the old content or the new, never a part. */
export function writeFileAtomic(path: string, content: string | Uint8Array, mode = 0o644): void {
  fs.mkdirSync(dirname(path), { recursive: true });
  const temporary = temporaryBeside(path);
  try {
    const fd = fs.openSync(temporary, 'wx', mode);
    try {
      fs.writeFileSync(fd, content);
      fs.fchmodSync(fd, mode);
      fs.fsyncSync(fd);
    } finally {
      fs.closeSync(fd);
    }
    fs.renameSync(temporary, path);
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    throw error;
  }
}

/** A name beside `path` that no other process uses. */
export function temporaryBeside(path: string): string {
  return join(dirname(path), `.tmp-${process.pid}-${randomBytes(6).toString('hex')}`);
}

/** The text of a file, or undefined when there is none. */
export function readTextIfThere(path: string): string | undefined {
  // Checking first costs a tenth of an exception, and inference looks for many files that rarely exist.
  return ifThere(() => fs.statSync(path, { throwIfNoEntry: false }) && fs.readFileSync(path, 'utf8'));
}

/** The same for a file that existed a moment ago. */
export function readText(path: string): string | undefined {
  return ifThere(() => fs.readFileSync(path, 'utf8'));
}

function ifThere<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}

/** Whether this process may run the file. */
export function isExecutable(path: string): boolean {
  try {
    fs.accessSync(path, fs.constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
