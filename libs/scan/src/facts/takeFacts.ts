import { ok, type Result } from '@prism-build/errors';
import { type BlobSources, gatherBlobs } from '@prism-build/oci';
import type { FileFacts } from '@prism-build/policy';
import * as z from 'zod';
import { keep, readKept } from '../keptText';
import type { ScannedPlatform } from '../layout';
import { listFacts } from './listFacts';
import { readHeads } from './readHeads';

/** Increment it when the same image would give other facts: older ones are then made again. */
const VERSION = 1;

const paths = z.array(z.string());

const stored = z.strictObject({
  setuid: z.array(z.strictObject({ path: z.string(), mode: z.int() })),
  worldWritable: z.array(z.strictObject({ path: z.string(), type: z.enum(['file', 'directory']) })),
  shells: paths,
  packageManagers: paths,
  binaries: z.record(z.string(), paths),
});

/**
 * Facts about the files of a platform: the stored ones of the same image, or made from its verified layers. `kept` is the
 * directory of stored results; `fetch` brings the layers into the store if they must be read. Failures: BLOB_CORRUPT, BLOB_MISSING, LAYER_UNREADABLE.
 */
export async function takeFacts(
  sources: BlobSources,
  { manifest, layers }: ScannedPlatform,
  kept: string,
  fetch: () => Promise<Result<void>>,
): Promise<Result<FileFacts>> {
  const key = `facts ${VERSION} ${manifest.digest}`;
  const found = parse(readKept(kept, key));
  if (found) return ok(found);
  const fetched = await fetch();
  if (!fetched.ok) return fetched;
  const gathered = await gatherBlobs(sources, layers);
  if (!gathered.ok) return gathered;
  const tree = await readHeads(sources.store, layers);
  if (!tree.ok) return tree;
  const facts = listFacts(tree.value);
  await keep(kept, key, JSON.stringify(facts));
  return ok(facts);
}

function parse(text: string | undefined): FileFacts | undefined {
  return text === undefined ? undefined : stored.safeParse(JSON.parse(text)).data;
}
