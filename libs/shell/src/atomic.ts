import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

const prefix = '.tmp-';

/** Whether a name is that of a file that a killed process may have left. */
export function isTemporary(name: string): boolean {
  return name.startsWith(prefix);
}

/** A name beside `path` that no other process uses, so that the rename that ends the work is atomic. */
export function temporaryBeside(path: string): string {
  return join(dirname(path), `${prefix}${basename(path).slice(0, 20)}-${randomBytes(8).toString('hex')}`);
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

/**
 * Writes through `work` into a temporary file, then fsync and rename to the name that `work` returns. Whatever fails, no
 * half-made file stays under that name, and none at all unless the process is killed. Throws file system errors.
 */
export async function writeThenRename(
  beside: string,
  mode: number,
  work: (file: FileHandle) => Promise<string>,
): Promise<void> {
  const temporary = temporaryBeside(beside);
  return finish(temporary, beside, async () => {
    const file = await open(temporary, 'wx', mode);
    return syncAndClose(file, mode, () => work(file));
  });
}

/**
 * The same for a file that `bring` moves or copies to the temporary name that it gets.
 *
 * @param durable false leaves out the fsync, for files that can be made again after a crash of the machine
 */
export async function bringThenRename(
  target: string,
  mode: number,
  bring: (temporary: string) => void,
  durable = true,
): Promise<void> {
  const temporary = temporaryBeside(target);
  return finish(temporary, target, async () => {
    bring(temporary);
    return syncAndClose(await open(temporary, 'r'), mode, async () => target, durable);
  });
}

async function syncAndClose(
  file: FileHandle,
  mode: number,
  work: () => Promise<string>,
  durable = true,
): Promise<string> {
  try {
    const target = await work();
    // chmod: the umask must not decide what others can read.
    await file.chmod(mode);
    if (durable) await file.sync();
    return target;
  } finally {
    await file.close();
  }
}

async function finish(temporary: string, place: string, make: () => Promise<string>): Promise<void> {
  try {
    // Asynchronous: renaming over a large file frees its blocks, which takes as long as hashing it.
    await rename(temporary, await make());
  } catch (error) {
    // The first error is the one to tell.
    await rm(temporary, { force: true }).catch(() => {});
    // Writes of a handle fail without naming the file.
    if (error instanceof Error && 'code' in error && !('path' in error && error.path))
      Object.assign(error, { path: place });
    throw error;
  }
}
