import { randomBytes } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isSystemError } from './failures';

const PREFIX = '.tmp-';

export function isTemporary(name: string): boolean {
  return name.startsWith(PREFIX);
}

/** A name in the same directory, so that the rename that ends the work is atomic. */
export function temporaryBeside(path: string): string {
  return join(dirname(path), `${PREFIX}${basename(path).slice(0, 20)}-${randomBytes(8).toString('hex')}`);
}

/**
 * Writes through `work` into a temporary file, then fsync and rename to the name that `work` returns.
 * Whatever fails, no half-made file stays under that name, and none at all unless the process is killed.
 */
export async function writeThenRename(
  beside: string,
  mode: number,
  work: (file: FileHandle) => Promise<string>,
): Promise<void> {
  const temporary = temporaryBeside(beside);
  try {
    const file = await open(temporary, 'wx', mode);
    let target: string;
    try {
      target = await work(file);
      // chmod: the umask must not decide what others can read.
      await file.chmod(mode);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, target);
  } catch (error) {
    // The first error is the one to tell.
    await rm(temporary, { force: true }).catch(() => {});
    throw withPath(error, beside);
  }
}

/** Writes of a handle fail without naming the file. */
function withPath(error: unknown, path: string): unknown {
  if (isSystemError(error) && error.path === undefined) Object.assign(error, { path });
  return error;
}

/** `handle.write` may write less than it was given; this does not. */
export async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    at += (await file.write(bytes, at, bytes.length - at)).bytesWritten;
  }
}
