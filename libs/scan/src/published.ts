import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { all, failed, ok, type Result, scanFailure } from '@prism-build/errors';
import { canonicalJson, digestOf, platformName } from '@prism-build/oci';
import { attempt, writeFileAtomic } from '@prism-build/shell';
import { renameBom } from './cycloneDx';
import { type Inventory, inventoryKey } from './inventory';
import type { ScannedImage, ScannedPlatform } from './layout';
import type { Scanner } from './scanner';

/**
 * Writes `<os>-<arch>.cdx.json` for each platform, then `inventory.json`, which lists them with their digests. `name` is the
 * name of the image in them. Files that already are of this image are left as they are, and `take` is not called. Nothing
 * reads them back: scans read stored inventories. Failures: those of `take`, SCAN_ERROR, DISK_FULL, FILE_UNWRITABLE.
 */
export async function publishInventories(
  directory: string,
  { index, platforms }: ScannedImage,
  scanner: Pick<Scanner, 'identity'>,
  take: (platform: ScannedPlatform) => Promise<Result<Inventory>>,
  name: string,
): Promise<Result<void>> {
  if (platforms.length === 0) return failed(scanFailure('SCAN_ERROR', { what: 'the image has no platform' }));
  const files = platforms.map((one) => {
    const platform = platformName(one.platform);
    return { platform, file: `${platform.replaceAll('/', '-')}.cdx.json`, key: inventoryKey(one, scanner) };
  });
  const list = join(directory, 'inventory.json');
  const describe = (digests: readonly string[]) => {
    const listed = files.map((one, at) => ({ ...one, digest: digests[at]! }));
    return `${canonicalJson({ schemaVersion: 2, name, image: index.digest, platforms: listed }, 2)}\n`;
  };
  try {
    const present = files.map(({ file }) => digestOf(readFileSync(join(directory, file))));
    if (readFileSync(list, 'utf8') === describe(present)) return ok(undefined);
  } catch {
    // A missing or unreadable file is written.
  }
  const taken = all(await Promise.all(platforms.map(take)));
  if (!taken.ok) return taken;
  return attempt(`cannot write ${directory}`, () => {
    mkdirSync(directory, { recursive: true });
    const digests = taken.value.map(({ bom }, at) => {
      const bytes = Buffer.from(renameBom(bom, name));
      writeFileAtomic(join(directory, files[at]!.file), bytes);
      return digestOf(bytes);
    });
    writeFileAtomic(list, describe(digests));
  });
}
