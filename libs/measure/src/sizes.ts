import { type DigestJson, platformName } from '@prism-build/oci';
import type { PlatformSizes } from './report/schema';

/** The sizes of each platform, from digest.json alone. */
export function readSizes({ platforms }: DigestJson): PlatformSizes[] {
  return platforms.map(({ platform, manifest, totals, layers }) => ({
    platform: platformName(platform),
    manifest: manifest.digest,
    size: totals.size,
    uncompressedSize: totals.uncompressedSize,
    layers: layers.map(({ digest, size, uncompressedSize, origin }) => ({
      ...{ digest, size, uncompressedSize },
      ...(origin !== 'own' && { base: origin.base }),
    })),
  }));
}
