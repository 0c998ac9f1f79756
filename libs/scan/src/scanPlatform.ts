import { ok, type Result } from '@prism-build/errors';
import type { LicensedPackage, Secret } from '@prism-build/policy';
import type { Database } from './database';
import { type InventoryInput, inventoryKey, takeInventory } from './inventory';
import { keep, readKept } from './kept';
import type { ScannedPlatform } from './layout';
import { readLicenses } from './readLicenses';
import { type ScannedInventory, scanInventory } from './scanInventory';

/** What a decision needs of an inventory and its match with a database. */
export interface PlatformScan extends ScannedInventory {
  readonly secrets: readonly Secret[];
  readonly licenses: readonly LicensedPackage[];
}

/** Increment it when the same inventory and database would give another result, as by other canaries. */
const FORMAT = 1;

/**
 * Scans a platform, or returns the stored result for the same image, database and scanner: then no inventory is read. The
 * value is a failure if the scanner fails; the result fails if there is no inventory. Only success is stored.
 */
export async function scanPlatform(
  input: InventoryInput,
  platform: ScannedPlatform,
  database: Database,
): Promise<Result<Result<PlatformScan>>> {
  const { kept, scanner } = input;
  const key = `scan ${FORMAT} ${database.digest} ${inventoryKey(platform, scanner)}`;
  const stored = readKept<PlatformScan>(kept, key);
  if (stored) return ok(ok(stored));
  const inventory = await takeInventory(input, platform);
  if (!inventory.ok) return inventory;
  const { bom, secrets } = inventory.value;
  const bytes = Buffer.from(bom);
  const licenses = readLicenses(bytes);
  if (!licenses.ok) return licenses;
  const scanned = await scanInventory(kept, scanner, bytes, database);
  if (!scanned.ok) return ok(scanned);
  const scan = { ...scanned.value, secrets, licenses: licenses.value };
  await keep(kept, key, scan);
  return ok(ok(scan));
}
