import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { failed, ok, type Result, scanFailure } from '@prism-build/errors';
import { canonicalJson, type DigestJson, digestOf, type PlatformImage, platformName } from '@prism-build/oci';
import { attempt, writeFileAtomic } from '@prism-build/shell';
import * as z from 'zod';
import { encodeBom, parseBom } from './cycloneDx';
import { inventoryFormat } from './inventoryKey';
import { keep, readKept } from './keptText';
import { type LayoutSources, withLayout } from './layout';
import type { Scanner } from './scanner';

/** The CycloneDX inventory of one platform. */
export interface Inventory {
  readonly image: PlatformImage;
  readonly bytes: Uint8Array;
}

export interface InventoryInput extends LayoutSources {
  readonly image: DigestJson;
  /** The name of the image in the inventories. */
  readonly name: string;
  readonly scanner: Scanner;
  /** The directory of stored results. */
  readonly kept: string;
  /** `dist/inventory/<project>`. Its files are used if they match the image and their digests are correct. */
  readonly published: string;
}

/**
 * The inventories of all platforms: from stored results, from published files, or made from the verified blobs.
 * Failures: SCAN_ERROR, BLOB_CORRUPT, BLOB_MISSING.
 */
export async function takeInventories(input: InventoryInput): Promise<Result<readonly Inventory[]>> {
  const { image, scanner, kept, name } = input;
  const published = readPublished(input);
  const inventories: Inventory[] = [];
  for (const platform of image.platforms) {
    const key = `inventory ${inventoryFormat} ${platform.manifest.digest} ${name} ${scanner.identity}`;
    const stored = readKept(kept, key);
    const found = stored ?? published.get(platform.manifest.digest);
    const taken = found === undefined ? await makeInventory(input, platform) : ok(found);
    if (!taken.ok) return taken;
    if (stored === undefined) await keep(kept, key, taken.value);
    inventories.push({ image: platform, bytes: Buffer.from(taken.value) });
  }
  return ok(inventories);
}

async function makeInventory(input: InventoryInput, platform: PlatformImage): Promise<Result<string>> {
  const printed = await withLayout(input, platform, input.scanner.inventory);
  if (!printed.ok) return printed;
  const from = `the inventory of ${input.name} for ${platformName(platform.platform)}`;
  const bom = parseBom(printed.value, from);
  return bom.ok ? ok(Buffer.from(encodeBom(bom.value, input.name)).toString()) : bom;
}

const list = z.strictObject({
  schemaVersion: z.literal(1),
  format: z.literal(inventoryFormat),
  scanner: z.string(),
  image: z.string(),
  platforms: z.array(
    z.strictObject({ platform: z.string(), manifest: z.string(), file: z.string(), digest: z.string() }),
  ),
});

/** Published inventories by manifest. They may come from a cache, so their digests are verified; mismatches are ignored. */
function readPublished({ published, scanner, image }: InventoryInput): ReadonlyMap<string, string> {
  try {
    const { platforms, ...about } = list.parse(
      JSON.parse(readFileSync(join(published, 'inventory.json'), 'utf8')),
    );
    if (about.scanner !== scanner.identity || about.image !== image.index.digest) return new Map();
    const found = platforms.flatMap(({ manifest, file, digest }) => {
      if (!/^[\w.-]+$/.test(file)) return [];
      const bytes = readFileSync(join(published, file));
      return digestOf(bytes) === digest ? [[manifest, bytes.toString()] as const] : [];
    });
    return new Map(found);
  } catch {
    return new Map();
  }
}

/**
 * Writes `<os>-<arch>.cdx.json` for each platform, then `inventory.json`, which lists them with their digests.
 * Returns the file names.
 */
export async function publishInventories(
  directory: string,
  { index }: DigestJson,
  { identity }: Scanner,
  inventories: readonly Inventory[],
): Promise<Result<readonly string[]>> {
  const files = inventories.map(({ image, bytes }) => {
    const platform = platformName(image.platform);
    const file = `${platform.replaceAll('/', '-')}.cdx.json`;
    return { platform, manifest: image.manifest.digest, file, digest: digestOf(bytes), bytes };
  });
  const written = await attempt(`cannot write ${directory}`, () => {
    mkdirSync(directory, { recursive: true });
    for (const { file, bytes } of files) writeFileAtomic(join(directory, file), bytes);
    const platforms = files.map(({ bytes: _, ...one }) => one);
    const about = {
      schemaVersion: 1,
      format: inventoryFormat,
      scanner: identity,
      image: index.digest,
      platforms,
    };
    writeFileAtomic(join(directory, 'inventory.json'), `${canonicalJson(about, 2)}\n`);
  });
  if (!written.ok) return failed(...written.failures);
  if (files.length === 0) return failed(scanFailure('SCAN_ERROR', { what: 'the image has no platform' }));
  return ok(files.map(({ file }) => file));
}
