import { ok, type Result } from '@prism-build/errors';
import {
  type Comparison,
  type Contents,
  comparePlatform,
  type PlatformSizes,
  type PrintedReport,
} from '@prism-build/measure';
import type { ComparedImage } from './comparedImage';

/** How an image differs from an earlier one, by platform; undefined without an earlier one. */
export async function compareImages(
  sizes: readonly PlatformSizes[],
  contents: ReadonlyMap<string, Contents>,
  baseline: ComparedImage | undefined,
): Promise<Result<PrintedReport['compared']>> {
  if (!baseline) return ok(undefined);
  const platforms: Comparison[] = [];
  for (const { platform, uncompressedSize } of sizes) {
    const now = contents.get(platform);
    if (!now) continue;
    const earlier = await baseline.contentsOf(platform);
    if (!earlier.ok) return earlier;
    const both = { before: baseline.sizes.get(platform), after: uncompressedSize };
    platforms.push(comparePlatform(platform, both, earlier.value, now));
  }
  return ok({ against: baseline.name, platforms });
}
