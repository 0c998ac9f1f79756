import type { Failure, Result } from '@prism-build/errors';
import { imageDirectory, imageParts } from '@prism-build/workspace';
import { imageStep } from './imageStep';
import { repair } from './repair';
import type { StepInput } from './step';

/** Assembles an image again, and puts the result where the altered one came from. */
export async function repairImage(input: StepInput, failures: readonly Failure[]): Promise<Result<void>> {
  const directory = imageDirectory(input.directories.root, input.project, input.options.variant);
  return repair(input, directory, failures, () => imageStep({ ...input, force: true }), imageParts);
}
