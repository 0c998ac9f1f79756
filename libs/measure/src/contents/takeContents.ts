import { ok, type Result } from '@prism-build/errors';
import { type BlobSources, gatherBlobs, type PlatformImage } from '@prism-build/oci';
import { keep, readKept } from '@prism-build/scan';
import { type Contents, readContents } from './readContents';

/** Increment it when the same image would give other contents: older ones are then made again. */
const VERSION = 1;

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
  const found = readKept<Contents>(kept, key);
  if (found) return ok(found);
  const fetched = await fetch();
  if (!fetched.ok) return fetched;
  const gathered = await gatherBlobs(sources, layers);
  if (!gathered.ok) return gathered;
  const contents = await readContents(sources.store, layers);
  if (contents.ok) await keep(kept, key, contents.value);
  return contents;
}
