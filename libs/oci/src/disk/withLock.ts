import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ociFailure, type Result } from '@prism-build/errors';
import { lock } from 'proper-lockfile';
import { attempt, fail } from './attempt';

/** A holder that was killed is replaced after this many milliseconds. */
const STALE = 4000;

/**
 * Runs `work` while holding the lock directory `lockPath`, across processes. Waits up to about a minute. The
 * lock orders writers; it is not what correctness rests on, since a stopped holder may lose it.
 */
export function withLock<T>(lockPath: string, work: () => Promise<Result<T>>): Promise<Result<T>> {
  return attempt(async () => {
    await mkdir(dirname(lockPath), { recursive: true });
    const release = await acquire(lockPath);
    try {
      const result = await work();
      return result.ok ? result.value : fail(...result.failures);
    } finally {
      // Refused when the lock was lost meanwhile; then it is another's to release.
      await release().catch(() => {});
    }
  });
}

async function acquire(lockPath: string): Promise<() => Promise<void>> {
  try {
    return await lock(lockPath, {
      realpath: false,
      lockfilePath: lockPath,
      stale: STALE,
      update: 1000,
      retries: { retries: 700, minTimeout: 10, maxTimeout: 100 },
      onCompromised: () => {},
    });
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'ELOCKED') {
      fail(ociFailure('LOCK_BUSY', { what: `Another run holds ${lockPath}.` }));
    }
    throw error;
  }
}
