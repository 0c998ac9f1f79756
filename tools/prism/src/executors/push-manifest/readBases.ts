import { resolve } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { all, failed, ok, pushFailure, type Result } from '@prism-build/errors';
import { type BaseLock, parseImagesLock, parseRevoked, type Revoked } from '@prism-build/registry';
import { readTextIfThere } from '@prism-build/shell';
import { readLocks } from '../../scanning/readLocks';

const DEFAULT = 'revoked-bases.json';

/** The bases that a project's image may come from, and the revoked ones. Failures: PUSH_REVOKED_INVALID, IMAGE_LOCK_INVALID. */
export function readBases(
  project: string,
  file: string | undefined,
  context: ExecutorContext,
): Result<{ readonly locks: readonly BaseLock[]; readonly revoked: Revoked }> {
  const text = readTextIfThere(resolve(context.root, file ?? DEFAULT));
  if (text === undefined && file !== undefined) {
    const what = `the option \`revoked\` of push-manifest names ${file}, which does not exist`;
    return failed(pushFailure('PUSH_REVOKED_INVALID', { what, remedy: 'Correct the option `revoked`.' }));
  }
  const revoked = parseRevoked(text ?? '{}', file ?? DEFAULT);
  if (!revoked.ok) return revoked;
  const locks = all(
    readLocks(project, context, ['images.lock.json']).map((one): Result<BaseLock> => {
      const lock = parseImagesLock(one.text, one.file);
      return lock.ok ? ok({ file: one.file, lock: lock.value }) : lock;
    }),
  );
  return locks.ok ? ok({ locks: locks.value, revoked: revoked.value }) : locks;
}
