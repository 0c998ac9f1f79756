import type { Failure } from '@prism-build/errors';
import { compileStageName } from './compileStage';
import { resolveImage } from './neededStages';
import { planCompile } from './planCompile';
import type { PlanRequest } from './request';

/**
 * Why an image's stage called `compile` is one like any other, that an engine executes: what no language recognises in
 * it, with file and line. Empty where it is recognised, or where the image needs no such stage.
 */
export function explainCompile(request: PlanRequest): readonly Failure[] {
  const isNeeded = request.platforms.some((platform) => {
    const image = resolveImage(request, platform);
    return image.ok && image.value.needed.some(({ name }) => name === compileStageName);
  });
  const plan = isNeeded ? planCompile(request) : undefined;
  return !plan || plan.ok ? [] : plan.failures;
}
