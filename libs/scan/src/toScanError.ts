import { type Failure, scanFailure } from '@prism-build/errors';

/** A full disk keeps its code; every other failure of a scanner's command becomes SCAN_ERROR. */
export function toScanError(failure: Failure): Failure {
  if (failure.code === 'DISK_FULL') return failure;
  const { what, why } = failure;
  return scanFailure('SCAN_ERROR', { what: `the scanner failed: ${what}`, why });
}
