import * as fs from 'node:fs';
import { delimiter, join } from 'node:path';
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

/**
 * The text of a file, or undefined when there is none. Pipes and terminals count as missing, because a read of them can
 * block forever.
 */
export function readTextIfThere(path: string): string | undefined {
  return ifThere(() => {
    // Checking first costs a tenth of an exception, and inference looks for many files that rarely exist.
    const stat = fs.statSync(path, { throwIfNoEntry: false });
    return !stat || stat.isFIFO() || stat.isCharacterDevice() ? undefined : fs.readFileSync(path, 'utf8');
  });
}

/** The same for a file that existed a moment ago. */
export function readText(path: string): string | undefined {
  return ifThere(() => fs.readFileSync(path, 'utf8'));
}

/** What `read` returns; undefined if the file or directory is not there, or no longer. */
export function ifThere<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}

/**
 * The entries of a directory and of those below it, each before its own, with their paths relative to the first. Lists
 * links and never follows them; the `recursive` option of readdir does since Node 22.
 */
export function* walkDirectory(directory: string, below = ''): Generator<{ path: string; entry: fs.Dirent }> {
  for (const entry of fs.readdirSync(join(directory, below), { withFileTypes: true })) {
    const path = join(below, entry.name);
    yield { path, entry };
    if (entry.isDirectory()) yield* walkDirectory(directory, path);
  }
}

/** The first program of that name in the directories of PATH. */
export function findOnPath(name: string, { PATH = '' }: NodeJS.ProcessEnv): string | undefined {
  return PATH.split(delimiter)
    .filter(Boolean)
    .map((directory) => join(directory, name))
    .find(isExecutable);
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
