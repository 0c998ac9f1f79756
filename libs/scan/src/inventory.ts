import { ok, type Result } from '@prism-build/errors';
import type { Secret } from '@prism-build/policy';
import { encodeBom, parseBom } from './cycloneDx';
import { listUnlisted } from './explain/listUnlisted';
import { readFiles } from './explain/readFiles';
import { addUnlisted } from './explain/unlistedInBom';
import { keep, readKept } from './kept';
import type { LayoutSources, ScannedPlatform } from './layout';
import type { InTurn, Once } from './once';
import type { Scanner, SecretScanner } from './scanner';
import { findSecrets } from './secrets';

export interface InventoryInput extends LayoutSources {
  /** Fetches the layers of a platform into the store; called only if the platform must be read. */
  readonly fetch: (platform: ScannedPlatform) => Promise<Result<void>>;
  readonly scanner: Scanner & SecretScanner;
  /** Shared by all images of a process, so that they scan a common layer once. */
  readonly once: Once;
  /** Limits how many platforms are read at once; each takes a few hundred megabytes. */
  readonly inTurn: InTurn;
  /** The directory of stored results. */
  readonly kept: string;
}

/** What a platform contains, as it is stored. */
export interface Inventory {
  /** CycloneDX. Its name for the image is the same for all images. */
  readonly bom: string;
  readonly secrets: readonly Secret[];
}

/** Part of the keys of inventories and of what is made from them: increment it when the same image would give another one. */
const FORMAT = 3;

/** Identifies the inventory of a platform, before it is made. */
export function inventoryKey({ manifest }: ScannedPlatform, { identity }: Pick<Scanner, 'identity'>): string {
  return `inventory ${FORMAT} ${manifest.digest} ${identity}`;
}

/**
 * The inventory of a platform: the stored one, or made from the verified blobs. Failures: SCAN_ERROR, BLOB_CORRUPT,
 * BLOB_MISSING.
 */
export function takeInventory(input: InventoryInput, platform: ScannedPlatform): Promise<Result<Inventory>> {
  const { kept, once, inTurn } = input;
  const key = inventoryKey(platform, input.scanner);
  return once(key, async () => {
    const stored = readKept<Inventory>(kept, key);
    if (stored) return ok(stored);
    const made = await inTurn(() => makeInventory(input, platform));
    if (made.ok) await keep(kept, key, made.value);
    return made;
  });
}

async function makeInventory(input: InventoryInput, platform: ScannedPlatform): Promise<Result<Inventory>> {
  const fetched = await input.fetch(platform);
  if (!fetched.ok) return fetched;
  const [printed, secrets] = await Promise.all([
    input.scanner.inventory(input, platform),
    findSecrets(input, platform),
  ]);
  if (!printed.ok) return printed;
  if (!secrets.ok) return secrets;
  const from = `the inventory of ${platform.manifest.digest}`;
  const bom = parseBom(printed.value, from);
  if (!bom.ok) return bom;
  // Scanning gathered the blobs into the store.
  const files = await readFiles(input.store, platform);
  if (!files.ok) return files;
  const whole = addUnlisted(bom.value, listUnlisted(bom.value, files.value));
  return ok({ bom: Buffer.from(encodeBom(whole, NAME)).toString(), secrets: secrets.value });
}

const NAME = 'image';
