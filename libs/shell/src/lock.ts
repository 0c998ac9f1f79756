import { mkdir, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { failed, type Result, shellFailure } from '@prism-build/errors';
import { lock } from 'proper-lockfile';
import { sayIfLong } from './progress';

/** A holder that was killed is replaced after this many milliseconds. */
const stale = 4000;

/**
 * Runs `work` while holding the lock directory `path`, across processes; waits for other holders up to `patience`
 * milliseconds. The lock orders writers. Correctness does not depend on it, because a suspended holder may lose it.
 * Failure: LOCK_TIMED_OUT.
 */
export async function withLock<T>(
  path: string,
  work: () => Promise<Result<T>>,
  patience = 1_800_000,
): Promise<Result<T>> {
  let release: () => Promise<void>;
  try {
    await mkdir(dirname(path), { recursive: true });
    // A lock is a directory; waiting for a file of that name would never end.
    if ((await stat(path).catch(() => undefined))?.isFile()) await rm(path, { force: true });
    release = await sayIfLong(`waiting for another run to release ${path}`, () =>
      lock(path, {
        realpath: false,
        lockfilePath: path,
        stale,
        update: 1000,
        // Not a number of attempts: the library would create a list of that length, which costs more than the lock.
        retries: { forever: true, retries: 5, minTimeout: 10, maxTimeout: 100, maxRetryTime: patience },
        onCompromised: () => undefined,
      }),
    );
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return failed(shellFailure('LOCK_TIMED_OUT', { what: `cannot get the lock ${path}`, why }));
  }
  try {
    return await work();
  } finally {
    // Fails if the lock was lost meanwhile; its new holder will release it.
    await release().catch(() => undefined);
  }
}
