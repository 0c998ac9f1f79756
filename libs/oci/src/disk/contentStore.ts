import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ociFailure, type Result } from '@prism-build/errors';
import { isTemporary, writeThenRename } from '@prism-build/shell';
import type { Blob, Descriptor } from '../descriptor';
import { type Digest, digestOf, hexOf } from '../digest';
import { catchFailures, fail, unlessMissing } from './failures';
import { checkBlobFile, type Depth } from './hashFile';
import { BLOB_MODE, linkOrCopy } from './linkFile';
import { writeAll } from './writeAll';

/** Blobs by digest at `<directory>/blobs/sha256/<hex>`, mode 0444, without other metadata. */
export interface ContentStore {
  readonly directory: string;
}

type Known = Pick<Descriptor, 'digest' | 'size'>;

/** Makes the directories that are missing. */
export function openContentStore(directory: string): Promise<Result<ContentStore>> {
  return catchFailures(async () => {
    await mkdir(join(directory, 'blobs', 'sha256'), { recursive: true });
    return { directory };
  });
}

export function blobPath(directory: string, digest: Digest): string {
  return join(directory, 'blobs', 'sha256', hexOf(digest));
}

/**
 * Stores bytes or a stream and returns a descriptor. Writes each chunk before it requests the next, so a source may reuse
 * its buffer. Replaces an existing blob of the same digest: that costs only a rename and repairs an altered copy.
 */
export function putBlob(
  store: ContentStore,
  mediaType: string,
  source: Uint8Array | AsyncIterable<Uint8Array>,
): Promise<Result<Descriptor>> {
  return catchFailures(async () => {
    const beside = join(store.directory, 'blobs', 'sha256', 'blob');
    const hash = createHash('sha256');
    const chunks = ArrayBuffer.isView(source) ? [source] : source;
    let size = 0;
    let digest: Digest | undefined;
    await writeThenRename(beside, BLOB_MODE, async (file) => {
      for await (const chunk of chunks) {
        hash.update(chunk);
        size += chunk.length;
        await writeAll(file, chunk);
      }
      digest = `sha256:${hash.digest('hex')}`;
      return blobPath(store.directory, digest);
    });
    return { mediaType, digest: digest!, size };
  });
}

/** Stores configs, manifests and indexes together, so that the disk syncs once. */
export async function putBlobs(store: ContentStore, blobs: readonly Blob[]): Promise<Result<Descriptor[]>> {
  const stored = await Promise.all(
    blobs.map((blob) => putBlob(store, blob.descriptor.mediaType, blob.bytes)),
  );
  return catchFailures(() => stored.map((result) => (result.ok ? result.value : fail(...result.failures))));
}

/** Whether the store has a blob of that size. Does not check its bytes; `verifyBlob` does. */
export async function hasBlob(store: ContentStore, blob: Known): Promise<boolean> {
  return (await checkBlobFile(blobPath(store.directory, blob.digest), blob, 'sizes')) === undefined;
}

/** Reads all bytes into memory and verifies them; a corrupt blob is removed, so that it can be built anew. */
export function readBlob(store: ContentStore, digest: Digest): Promise<Result<Uint8Array>> {
  return catchFailures(async () => {
    const path = blobPath(store.directory, digest);
    const bytes = await unlessMissing(readFile(path));
    if (!bytes) fail(ociFailure('BLOB_MISSING', { what: `${digest} is not in the store: ${path}.` }));
    const found = digestOf(bytes);
    if (found !== digest) {
      await rm(path, { force: true });
      fail(
        ociFailure('BLOB_CORRUPT', {
          what: `${path} was altered and is removed.`,
          why: `Its digest is ${found}.`,
        }),
      );
    }
    return bytes;
  });
}

/**
 * Hashes a blob in place, and removes it if it is corrupt. Returns its path, for streaming. Use `sizes` only for blobs
 * that this process just hashed while writing them.
 */
export function verifyBlob(
  store: ContentStore,
  blob: Known,
  depth: Depth = 'hashes',
): Promise<Result<string>> {
  return catchFailures(async () => {
    const path = blobPath(store.directory, blob.digest);
    const failure = await checkBlobFile(path, blob, depth);
    if (failure?.code === 'BLOB_CORRUPT') await rm(path, { recursive: true, force: true });
    if (failure) fail(failure);
    return path;
  });
}

/** Verifies a blob, then atomically hard-links it to `destination` (copies it if links are impossible). */
export async function linkBlob(
  store: ContentStore,
  blob: Known,
  destination: string,
  depth: Depth = 'hashes',
): Promise<Result<void>> {
  const verified = await verifyBlob(store, blob, depth);
  return verified.ok ? catchFailures(() => linkOrCopy(verified.value, destination)) : verified;
}

/**
 * Copies a file into the store and verifies it in the same pass. Not a hard link: a later write to the file would change
 * the store.
 */
export function ingestBlob(store: ContentStore, file: string, blob: Known): Promise<Result<void>> {
  return catchFailures(async () => {
    const failure = await checkBlobFile(file, blob, 'sizes');
    if (failure) fail(failure);
    const path = blobPath(store.directory, blob.digest);
    await writeThenRename(path, BLOB_MODE, async (copy) => {
      const hash = createHash('sha256');
      for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) {
        hash.update(chunk);
        await writeAll(copy, chunk);
      }
      const found = `sha256:${hash.digest('hex')}`;
      const why = `Its digest is ${found}, not ${blob.digest}.`;
      if (found !== blob.digest) fail(ociFailure('BLOB_CORRUPT', { what: `${file} is altered.`, why }));
      return path;
    });
  });
}

/** Removes what killed writers left, if older than `ageMs` at the time `now` (milliseconds since 1970). */
export function sweepStore(store: ContentStore, now: number, ageMs: number): Promise<Result<number>> {
  return catchFailures(async () => {
    const directory = join(store.directory, 'blobs', 'sha256');
    const left = (await readdir(directory)).filter(isTemporary).map((name) => join(directory, name));
    const ages = await Promise.all(left.map((path) => unlessMissing(stat(path))));
    const old = left.filter((_, at) => now - (ages[at]?.mtimeMs ?? now) > ageMs);
    await Promise.all(old.map((path) => rm(path, { force: true })));
    return old.length;
  });
}
