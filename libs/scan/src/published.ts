import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { failed, type Result, scanFailure } from '@prism-build/errors';
import { canonicalJson, digestOf, platformName } from '@prism-build/oci';
import { attempt, writeFileAtomic } from '@prism-build/shell';
import type { Inventory } from './content';
import { renameBom } from './cycloneDx';
import { inventoryFormat } from './inventoryFormat';
import type { ScannedImage } from './layout';
import type { Scanner } from './scanner';

/**
 * Writes `<os>-<arch>.cdx.json` for each platform, then `inventory.json`, which lists them with their digests. `name` is the
 * name of the image in them. Files that already are of this image are left as they are. Nothing reads them back: scans
 * read the stored inventories. Failures: SCAN_ERROR, DISK_FULL, FILE_UNWRITABLE.
 */
export async function publishInventories(
  directory: string,
  { index }: ScannedImage,
  { identity }: Pick<Scanner, 'identity'>,
  inventories: readonly Inventory[],
  name: string,
): Promise<Result<void>> {
  if (inventories.length === 0)
    return failed(scanFailure('SCAN_ERROR', { what: 'the image has no platform' }));
  const files = inventories.map(({ image: { platform, manifest }, bytes }) => {
    const printed = platformName(platform);
    const file = `${printed.replaceAll('/', '-')}.cdx.json`;
    return { entry: { platform: printed, manifest: manifest.digest, file }, bytes };
  });
  const list = join(directory, 'inventory.json');
  const describe = (digests: readonly string[]) => {
    const platforms = files.map(({ entry }, at) => ({ ...entry, digest: digests[at]! }));
    const of = { name, image: index.digest, scanner: identity };
    return `${canonicalJson({ schemaVersion: 2, format: inventoryFormat, ...of, platforms }, 2)}\n`;
  };
  try {
    const present = files.map(({ entry }) => digestOf(readFileSync(join(directory, entry.file))));
    if (readFileSync(list, 'utf8') === describe(present)) return { ok: true, value: undefined };
  } catch {
    // A missing or unreadable file is written.
  }
  return attempt(`cannot write ${directory}`, () => {
    mkdirSync(directory, { recursive: true });
    const digests = files.map(({ entry, bytes }) => {
      const text = Buffer.from(renameBom(Buffer.from(bytes).toString(), name));
      writeFileAtomic(join(directory, entry.file), text);
      return digestOf(text);
    });
    writeFileAtomic(list, describe(digests));
  });
}
