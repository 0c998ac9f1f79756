import { join } from 'node:path';
import { readTextIfThere } from '@prism-build/shell';

/**
 * The code that makes results, as one digest: what was kept by another version of it is made again. It is written
 * beside the compiled executors and is the same in every clone of the same sources.
 */
export function executorIdentity(): string {
  return readTextIfThere(join(__dirname, 'identity')) ?? '';
}

/** The same for the code that makes projects. */
export function inferenceIdentity(): string {
  return readTextIfThere(join(__dirname, 'inference.identity')) ?? '';
}
