import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { failed, type Result, shellFailure } from '@prism-build/errors';
import { lock } from 'proper-lockfile';

/**
 * Runs `work` while no other process holds the lock at `path` (a file that this makes).
 * A lock whose holder was killed is taken over after ten seconds without a sign of life.
 * Failure: LOCK_TIMED_OUT after `patience` milliseconds.
 */
export async function withLock<T>(
  path: string,
  work: () => Promise<Result<T>>,
  patience = 600_000,
): Promise<Result<T>> {
  mkdirSync(dirname(path), { recursive: true });
  closeSync(openSync(path, 'a'));
  let release: () => Promise<void>;
  try {
    release = await lock(path, {
      stale: 10_000,
      update: 2_000,
      retries: retriesFor(patience),
      realpath: false,
    });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return failed(shellFailure('LOCK_TIMED_OUT', { what: `waited ${patience} ms for ${path}`, why }));
  }
  try {
    return await work();
  } finally {
    await release().catch(() => undefined);
  }
}

function retriesFor(patience: number) {
  const step = 50;
  return {
    retries: Math.ceil(patience / step),
    factor: 1,
    minTimeout: step,
    maxTimeout: step,
    randomize: true,
  };
}
