import { failed, ok, type Result } from '@prism-build/errors';
import { runPool } from '@prism-build/shell';
import { type Content, content, type Inventory, NAME } from './content';
import { encodeBom, parseBom } from './cycloneDx';
import { listUnlisted } from './explain/listUnlisted';
import { readFiles } from './explain/readFiles';
import { addUnlisted } from './explain/unlistedInBom';
import { inventoryFormat } from './inventoryFormat';
import { keep, readKept } from './keptText';
import { type LayoutSources, type ScannedImage, type ScannedPlatform, withLayout } from './layout';
import type { Once } from './once';
import type { Scanner, SecretScanner } from './scanner';
import { findSecrets } from './secrets';

export interface InventoryInput extends LayoutSources {
  readonly image: ScannedImage;
  /** Fetches the layers of a platform into the store; called only if the platform must be read. */
  readonly fetch: (platform: ScannedPlatform) => Promise<Result<void>>;
  readonly scanner: Scanner & SecretScanner;
  /** Shared by all images of a process, so that they scan a common layer once. */
  readonly once: Once;
  /** The directory of stored results. */
  readonly kept: string;
}

/** Platforms of one image at a time; each scan takes a few hundred megabytes. */
const LIMIT = 2;

/**
 * The inventories of all platforms: stored results, or made from the verified blobs.
 * Failures: SCAN_ERROR, BLOB_CORRUPT, BLOB_MISSING.
 */
export async function takeInventories(input: InventoryInput): Promise<Result<readonly Inventory[]>> {
  const { image, scanner, kept, once } = input;
  const taken = await runPool(image.platforms, LIMIT, (platform) => {
    const key = `inventory ${inventoryFormat} ${platform.manifest.digest} ${scanner.identity}`;
    return once(key, async (): Promise<Result<Inventory>> => {
      const stored = parseContent(readKept(kept, key));
      const made = stored ? ok(stored) : await makeContent(input, platform);
      if (!made.ok) return made;
      if (!stored) await keep(kept, key, JSON.stringify(made.value));
      return ok({ image: platform, bytes: Buffer.from(made.value.bom), secrets: made.value.secrets });
    });
  });
  const failures = taken.flatMap((one) => (one.ok ? [] : one.failures));
  return failures.length > 0 ? failed(...failures) : ok(taken.flatMap((one) => (one.ok ? [one.value] : [])));
}

function parseContent(text: string | undefined): Content | undefined {
  return text === undefined ? undefined : content.safeParse(JSON.parse(text)).data;
}

async function makeContent(input: InventoryInput, platform: ScannedPlatform): Promise<Result<Content>> {
  const fetched = await input.fetch(platform);
  if (!fetched.ok) return fetched;
  const [printed, secrets] = await Promise.all([
    withLayout(input, platform, input.scanner.inventory),
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
  return ok({ bom: Buffer.from(encodeBom(whole, NAME)).toString(), secrets: [...secrets.value] });
}
