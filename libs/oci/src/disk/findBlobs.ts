import type { Failure, Result } from '@prism-build/errors';
import type { Descriptor } from '../descriptor';
import { blobPath, type ContentStore, ingestBlob, verifyBlob } from './contentStore';
import { catchFailures, fail } from './failures';

/** Places that may have the blobs of an image: the store, its own directory, and those of its bases. */
export interface BlobSources {
  readonly store: ContentStore;
  readonly imageDirs: readonly string[];
}

/**
 * Makes sure that the store has a verified copy of every blob; copies missing ones from the directories. Reports each
 * blob of which no place has an intact copy.
 */
export function gatherBlobs(sources: BlobSources, blobs: readonly Descriptor[]): Promise<Result<void>> {
  return catchFailures(async () => {
    const failures: Failure[] = [];
    for (const blob of blobs) failures.push(...(await gatherBlob(sources, blob)));
    if (failures.length > 0) fail(...failures);
  });
}

async function gatherBlob({ store, imageDirs }: BlobSources, blob: Descriptor): Promise<readonly Failure[]> {
  const stored = await verifyBlob(store, blob);
  if (stored.ok) return [];
  const failures: Failure[] = [...stored.failures];
  for (const dir of imageDirs) {
    const taken = await ingestBlob(store, blobPath(dir, blob.digest), blob);
    if (taken.ok) return [];
    failures.push(...taken.failures);
  }
  // An altered copy is a better message than the places without one.
  const telling = failures.filter(({ code }) => code !== 'BLOB_MISSING');
  return telling.length > 0 ? telling : failures.slice(0, 1);
}
