import type { Failure } from '@prism-build/errors';
import { compileStageName } from './compileStage';
import type { Reads } from './reads/reads';

/**
 * The reasons why an engine executes the stage called `compile`: the parts that no language recognises, with file and
 * line. Empty if the stage is recognised, or if the image does not need it.
 */
export function explainCompile({ compile, image }: Reads): readonly Failure[] {
  if (compile.kind !== 'unrecognised' || !image.ok) return [];
  const isNeeded = image.value.platforms.some(({ stages }) =>
    stages.some(({ name }) => name === compileStageName),
  );
  return isNeeded ? compile.failures : [];
}
