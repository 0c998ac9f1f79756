import type { Failure, Result } from '@prism-build/errors';
import { imageDirectory, imageParts } from '@prism-build/workspace';
import { imageStep } from './imageStep';
import { repair } from './repair';
import type { StepInput } from './step';

/** Assembles an image again that was restored altered, and replaces its entry in the build cache. */
export async function repairImage(input: StepInput, failures: readonly Failure[]): Promise<Result<void>> {
  const directory = imageDirectory(input.directories.root, input.project, input.options.variant);
  return repair(input, directory, failures, () => imageStep({ ...input, force: true }), imageParts);
}
