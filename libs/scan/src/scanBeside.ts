import { ok, type Result } from '@prism-build/errors';
import type { Database } from './database';
import type { InventoryInput } from './inventory';
import { keep, readKept } from './kept';
import type { ScannedPlatform } from './layout';
import { type ScannedInventory, scanInventory } from './scanInventory';
import type { Scanner } from './scanner';

/** A second scanner, with a database of its own. */
export interface SecondScanner {
  readonly scanner: Scanner;
  readonly database: Database;
}

/** Increment it when the same image and database would give another result. */
const FORMAT = 1;

/**
 * Scans a platform with a second scanner, or returns the stored result for the same image, database and scanner. As of
 * `scanPlatform`: the value is a failure if the scanner fails, and only success is stored.
 */
export async function scanBeside(
  input: InventoryInput,
  platform: ScannedPlatform,
  { scanner, database }: SecondScanner,
): Promise<Result<Result<ScannedInventory>>> {
  const { kept, once, inTurn } = input;
  const of = `${FORMAT} ${platform.manifest.digest} ${scanner.identity}`;
  const key = `second scan ${of} ${database.digest}`;
  const stored = readKept<ScannedInventory>(kept, key);
  if (stored) return ok(ok(stored));
  const inventory = await once(`second inventory ${of}`, async (): Promise<Result<string>> => {
    const known = readKept<string>(kept, `second inventory ${of}`);
    if (known !== undefined) return ok(known);
    const made = await inTurn(async () => {
      const fetched = await input.fetch(platform);
      return fetched.ok ? scanner.inventory(input, platform) : fetched;
    });
    if (made.ok) await keep(kept, `second inventory ${of}`, made.value);
    return made;
  });
  if (!inventory.ok) return inventory;
  const scanned = await scanInventory(kept, scanner, Buffer.from(inventory.value), database);
  if (scanned.ok) await keep(kept, key, scanned.value);
  return ok(scanned);
}
