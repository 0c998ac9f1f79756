import { createReadStream } from 'node:fs';
import type { Writable } from 'node:stream';
import type { Result } from '@prism-build/errors';
import { canonicalJson } from '../canonicalJson';
import type { Descriptor } from '../descriptor';
import { hexOf } from '../digest';
import type { PlatformImage } from '../digestJson';
import { paddingOf } from '../tarHeader';
import { archiveBytes, archiveEnd, archiveHeader } from './archiveParts';
import { blobPath } from './contentStore';
import type { BlobSources } from './findBlobs';
import { encodeLayoutFile, INDEX_FILE, LAYOUT_FILE } from './layout';
import { sendArchive } from './sendArchive';

/**
 * Writes one platform's image as a tar of an OCI layout, for `podman load`. Blobs are unchanged, so the engine has the
 * same manifest that was built. `name` is a full name with a tag. Ends `writable`, or destroys it on failure.
 */
export function writeOciArchive(
  image: PlatformImage,
  name: string,
  sources: BlobSources,
  writable: Writable,
): Promise<Result<void>> {
  const blobs = [image.manifest, image.config, ...image.layers];
  return sendArchive(archive(image, name, sources.store.directory), blobs, sources, writable);
}

async function* archive(image: PlatformImage, name: string, directory: string): AsyncGenerator<Uint8Array> {
  const annotations = { 'org.opencontainers.image.ref.name': name };
  const index = canonicalJson({ schemaVersion: 2, manifests: [{ ...image.manifest, annotations }] });
  yield* archiveBytes(LAYOUT_FILE, Buffer.from(encodeLayoutFile()));
  yield* archiveBytes(INDEX_FILE, Buffer.from(index));
  const blobs = [image.manifest, image.config, ...image.layers];
  for (const blob of new Map(blobs.map((one) => [one.digest, one])).values())
    yield* archiveBlob(blob, directory);
  yield archiveEnd();
}

async function* archiveBlob({ digest, size }: Descriptor, directory: string): AsyncGenerator<Uint8Array> {
  yield* archiveHeader(`blobs/sha256/${hexOf(digest)}`, size);
  yield* createReadStream(blobPath(directory, digest), { highWaterMark: 1 << 20 });
  yield new Uint8Array(paddingOf(size));
}
