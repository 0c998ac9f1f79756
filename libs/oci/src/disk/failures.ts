import { type Failure, failed, ociFailure, ok, type Result, shellFailure } from '@prism-build/errors';

/** Carries failures through streams and callbacks, inside this library only. */
export class FailureError extends Error {
  constructor(readonly failures: readonly Failure[]) {
    super(failures.map(({ what }) => what).join('\n'));
  }
}

export function fail(...failures: readonly Failure[]): never {
  throw new FailureError(failures);
}

export function unwrap<T>(result: Result<T>): T {
  if (!result.ok) fail(...result.failures);
  return result.value;
}

/** Turns thrown failures and file system errors into a value. Other exceptions are bugs and propagate. */
export async function catchFailures<T>(work: () => T | Promise<T>): Promise<Result<T>> {
  try {
    return ok(await work());
  } catch (error) {
    return failed(...describeThrown(error));
  }
}

function describeThrown(error: unknown): readonly Failure[] {
  if (error instanceof FailureError) return error.failures;
  if (isSystemError(error)) return [describeSystemError(error)];
  throw error;
}

/** By shape, not by class: in a worker or a test, errors of the file system have another realm's class. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return typeof error === 'object' && error !== null && 'code' in error && 'syscall' in error;
}

/** The failure for an error of the file system. */
export function describeSystemError(error: NodeJS.ErrnoException): Failure {
  const path = error.path ?? 'a file';
  const occasion = { what: `${error.syscall} failed on ${path}.`, why: error.message };
  switch (error.code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return shellFailure('DISK_FULL', {
        ...occasion,
        what: `The disk is full: ${path} could not be written.`,
      });
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return ociFailure('STORE_NOT_WRITABLE', { ...occasion, what: `No permission to use ${path}.` });
    default:
      return ociFailure('FILE_FAILED', occasion);
  }
}

/** The value; undefined if the file does not exist or is not a regular file. */
export async function unlessMissing<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (isSystemError(error) && ['ENOENT', 'ENOTDIR', 'EISDIR'].includes(error.code ?? '')) return undefined;
    throw error;
  }
}
