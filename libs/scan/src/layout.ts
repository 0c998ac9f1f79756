import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Result } from '@prism-build/errors';
import {
  type BlobSources,
  blobPath,
  encodeIndexFile,
  encodeLayoutFile,
  gatherBlobs,
  INDEX_FILE,
  LAYOUT_FILE,
  linkBlob,
  type PlatformImage,
} from '@prism-build/oci';
import { attempt, writeFileAtomic } from '@prism-build/shell';
import { withScratch } from './scratch';

/** The directory of an image's blobs, and the directory for temporary layouts. */
export interface LayoutSources extends BlobSources {
  readonly scratch: string;
}

/**
 * Makes a layout of one platform for a scanner, of hard links to verified blobs, and removes it afterwards. Scanners
 * read only the first platform of a layout, and do not verify blobs. Failures: BLOB_CORRUPT, BLOB_MISSING.
 */
export async function withLayout<T>(
  sources: LayoutSources,
  { manifest, config, layers }: PlatformImage,
  work: (layout: string) => Promise<Result<T>>,
): Promise<Result<T>> {
  const { store, scratch } = sources;
  const blobs = [...new Map([manifest, config, ...layers].map((one) => [one.digest, one])).values()];
  const gathered = await gatherBlobs(sources, blobs);
  if (!gathered.ok) return gathered;
  return withScratch(scratch, 'layout', async (layout) => {
    const written = await attempt(`cannot write ${layout}`, () => {
      mkdirSync(join(layout, 'blobs', 'sha256'), { recursive: true });
      writeFileAtomic(join(layout, LAYOUT_FILE), encodeLayoutFile());
      writeFileAtomic(join(layout, INDEX_FILE), encodeIndexFile(manifest));
    });
    if (!written.ok) return written;
    for (const blob of blobs) {
      const linked = await linkBlob(store, blob, blobPath(layout, blob.digest), 'sizes');
      if (!linked.ok) return linked;
    }
    return work(layout);
  });
}
