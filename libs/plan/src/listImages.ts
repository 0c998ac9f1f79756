import type { Platform } from '@prism-build/containerfile';
import { all, ok, type Place, type Result } from '@prism-build/errors';
import { listNames } from './listNames';
import { resolveImage } from './neededStages';
import type { PlanRequest } from './request';

/** An image that the stages of an image start from or copy from. */
export interface ImageUse {
  /** As it stands in the file, variables expanded. */
  readonly reference: string;
  readonly platform: Platform;
  readonly at: Place;
}

/**
 * The images that a Containerfile names, once for each platform and line. The compile stage's builder is none, and
 * neither are named contexts.
 */
export function listImages(request: PlanRequest): Result<ImageUse[]> {
  const uses = all(request.platforms.map((platform) => listForPlatform(request, platform)));
  if (!uses.ok) return uses;
  return ok([...new Map(uses.value.flat().map((use) => [JSON.stringify(use), use])).values()]);
}

function listForPlatform(request: PlanRequest, platform: Platform): Result<ImageUse[]> {
  const image = resolveImage(request, platform);
  if (!image.ok) return image;
  const { file } = request.containerfile;
  return ok(
    image.value.needed.flatMap((stage): ImageUse[] => [
      ...(stage.base.kind === 'image'
        ? [{ reference: stage.base.reference, platform: stage.platform, at: { file, line: stage.line } }]
        : []),
      ...stage.instructions.flatMap((one) =>
        listNames(one)
          .filter((name) => !request.contexts?.includes(name))
          .map((reference) => ({ reference, platform, at: { file, line: one.line } })),
      ),
    ]),
  );
}
