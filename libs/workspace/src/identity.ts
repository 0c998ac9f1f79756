import { join } from 'node:path';
import { readTextIfThere } from '@prism-build/shell';

/**
 * The digest of the code of an executor: what another version of it made is made again. It is written beside the compiled
 * executors and is the same in every clone of the same sources.
 */
export function executorIdentity(executor = 'build'): string {
  return readTextIfThere(join(__dirname, `${executor}.identity`)) ?? '';
}

/** The same for the code that makes projects. */
export function inferenceIdentity(): string {
  return readTextIfThere(join(__dirname, 'inference.identity')) ?? '';
}
