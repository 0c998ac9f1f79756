import { join } from 'node:path';
import { readTextIfThere } from '@prism-build/shell';

/**
 * Digest of an executor's code, written beside the compiled executors. Equal in all clones of the same sources. Journals
 * and memos of another identity are not used.
 */
export function executorIdentity(executor = 'build'): string {
  return readTextIfThere(join(__dirname, `${executor}.identity`)) ?? '';
}

/** The same for the code of inference. */
export function inferenceIdentity(): string {
  return readTextIfThere(join(__dirname, 'inference.identity')) ?? '';
}
