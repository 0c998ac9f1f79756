import { ok, type Result } from '@prism-build/errors';
import { type BlobSources, gatherBlobs, type PlatformImage } from '@prism-build/oci';
import { keep, readKept } from '@prism-build/scan';
import * as z from 'zod';
import { part, untold } from '../report/schema';
import { type Contents, readContents } from './readContents';

/** Increment it when the same image would give other contents: older ones are then made again. */
const VERSION = 1;

const stored = z.object({
  parts: z.array(part),
  untold: z.array(untold),
  files: z.array(z.object({ path: z.string(), size: z.int().nonnegative() })),
});

/**
 * What fills a platform: as stored for the same image, or from its verified layers. `kept` is the directory of stored
 * measurements; `fetch` brings the layers of bases into the store if they must be read. Failures: BLOB_CORRUPT,
 * BLOB_MISSING, LAYER_UNREADABLE.
 */
export async function takeContents(
  sources: BlobSources,
  { manifest, layers }: Pick<PlatformImage, 'manifest' | 'layers'>,
  kept: string,
  fetch: () => Promise<Result<void>>,
): Promise<Result<Contents>> {
  const key = `contents ${VERSION} ${manifest.digest}`;
  const found = parse(readKept(kept, key));
  if (found) return ok(found);
  const fetched = await fetch();
  if (!fetched.ok) return fetched;
  const gathered = await gatherBlobs(sources, layers);
  if (!gathered.ok) return gathered;
  const contents = await readContents(sources.store, layers);
  if (contents.ok) await keep(kept, key, JSON.stringify(contents.value));
  return contents;
}

function parse(text: string | undefined): Contents | undefined {
  return text === undefined ? undefined : stored.safeParse(JSON.parse(text)).data;
}
