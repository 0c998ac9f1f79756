import { ok, type Result } from '@prism-build/errors';
import { gatherBlobs } from '@prism-build/oci';
import type { FileFacts } from '@prism-build/policy';
import type { InventoryInput } from '../inventory';
import { keep, readKept } from '../kept';
import type { ScannedPlatform } from '../layout';
import { listFacts } from './listFacts';
import { readHeads } from './readHeads';

/** Increment it when the same image would give other facts: older ones are then made again. */
const VERSION = 2;

/**
 * Facts about the files of a platform: the stored ones of the same image, or made from its verified layers. Failures:
 * BLOB_CORRUPT, BLOB_MISSING, LAYER_UNREADABLE.
 */
export async function takeFacts(
  input: Omit<InventoryInput, 'scanner' | 'once' | 'scratch'>,
  platform: ScannedPlatform,
): Promise<Result<FileFacts>> {
  const key = `facts ${VERSION} ${platform.manifest.digest}`;
  const stored = readKept<FileFacts>(input.kept, key);
  if (stored) return ok(stored);
  const made = await input.inTurn(async () => {
    const fetched = await input.fetch(platform);
    if (!fetched.ok) return fetched;
    const gathered = await gatherBlobs(input, platform.layers);
    if (!gathered.ok) return gathered;
    const tree = await readHeads(input.store, platform.layers);
    return tree.ok ? ok(listFacts(tree.value)) : tree;
  });
  if (made.ok) await keep(input.kept, key, made.value);
  return made;
}
