import type { Failure } from '@prism-build/errors';
import { compileStageName } from './compileStage';
import type { Reads } from './reads/reads';

/**
 * Why an engine executes the stage called `compile` of an image: what no language recognises in it, with file and line.
 * Empty where it is recognised, or where the image does not need it.
 */
export function explainCompile({ compile, image }: Reads): readonly Failure[] {
  if (compile.kind !== 'unrecognised' || !image.ok) return [];
  const isNeeded = image.value.platforms.some(({ stages }) =>
    stages.some(({ name }) => name === compileStageName),
  );
  return isNeeded ? compile.failures : [];
}
