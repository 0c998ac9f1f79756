import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ociFailure, ok, type Result } from '@prism-build/errors';
import { withLock, writeThenRename } from '@prism-build/shell';
import { type Digest, hexOf } from '../digest';
import { type DigestJson, encodeDigestJson, listOwnBlobs } from '../digestJson';
import { blobPath, type ContentStore, linkBlob } from './contentStore';
import { catchFailures, fail, unlessMissing } from './failures';
import { checkBlobFile } from './hashFile';
import { writeAll } from './writeAll';

interface Publication {
  readonly digestJson: DigestJson;
  /** Contains every blob that is stored beside digest.json. */
  readonly store: ContentStore;
  /** A path outside of the image's directory, which the lock creates and removes. */
  readonly lockPath: string;
  /** Blobs that this process just hashed while writing them into the store; they are not read again. */
  readonly written?: ReadonlySet<Digest> | undefined;
  /** Names in the directory that belong to others, such as the directory of a variant. */
  readonly keep?: readonly string[] | undefined;
}

const ATTEMPTS = 5;

/**
 * Makes `dir` contain exactly this image: links verified blobs from the store, writes digest.json, then removes
 * everything else. If the process is killed, `dir` has the old image or the new one, or fails `verifyImage`; the next run
 * repairs it.
 */
export function publishImage(dir: string, publication: Publication): Promise<Result<DigestJson>> {
  return withLock(publication.lockPath, async () => {
    const json = encodeDigestJson(publication.digestJson);
    // A suspended publisher whose lock went stale may remove these blobs, so check again.
    for (let round = 1; ; round += 1) {
      const done = await catchFailures(async () => {
        await publishOnce(dir, json, publication);
        return isThere(dir, json, publication);
      });
      if (!done.ok && !isDisturbed(done.failures)) return done;
      if (done.ok && done.value) return ok(publication.digestJson);
      if (round < ATTEMPTS) continue;
      if (!done.ok) return done;
      return catchFailures(() =>
        fail(ociFailure('LOCK_BUSY', { what: `Another process keeps writing to ${dir}.` })),
      );
    }
  });
}

/** Whether `dir` still has the published files. Their bytes were verified before. */
async function isThere(dir: string, json: Uint8Array, { digestJson }: Publication): Promise<boolean> {
  const present = await unlessMissing(readFile(join(dir, 'digest.json')));
  if (!present?.equals(json)) return false;
  const wrong = await Promise.all(
    listOwnBlobs(digestJson).map((blob) => checkBlobFile(blobPath(dir, blob.digest), blob, 'sizes')),
  );
  return wrong.every((failure) => failure === undefined);
}

/** A file that vanished meanwhile; only another publisher removes files here. */
function isDisturbed(failures: readonly { code: string; why?: string | undefined }[]): boolean {
  return failures.every(({ code, why }) => code === 'FILE_FAILED' && why?.includes('ENOENT'));
}

async function publishOnce(dir: string, json: Uint8Array, publication: Publication): Promise<void> {
  const { digestJson, store, written, keep } = publication;
  const blobs = listOwnBlobs(digestJson);
  for (const path of [dir, join(dir, 'blobs'), join(dir, 'blobs', 'sha256')]) await makeDirectory(path);
  const linked = await Promise.all(
    blobs.map((blob) =>
      linkBlob(store, blob, blobPath(dir, blob.digest), written?.has(blob.digest) ? 'sizes' : 'hashes'),
    ),
  );
  const failures = linked.flatMap((result) => (result.ok ? [] : result.failures));
  if (failures.length > 0) fail(...failures);
  await writeDigestJson(dir, json);
  await removeOthers(dir, new Set(['blobs', 'digest.json', ...(keep ?? [])]));
  await removeOthers(join(dir, 'blobs'), new Set(['sha256']));
  await removeOthers(join(dir, 'blobs', 'sha256'), new Set(blobs.map(({ digest }) => hexOf(digest))));
}

/** Replaces any other entry of that name: the output directory belongs to the build. */
async function makeDirectory(path: string): Promise<void> {
  if ((await unlessMissing(stat(path)))?.isFile()) await rm(path);
  await mkdir(path, { recursive: true });
}

/** Does not rewrite a file with equal content, so that file watchers see no change. */
async function writeDigestJson(dir: string, bytes: Uint8Array): Promise<void> {
  const path = join(dir, 'digest.json');
  const present = await unlessMissing(readFile(path));
  if (present?.equals(bytes)) return;
  if (!present) await rm(path, { recursive: true, force: true });
  await writeThenRename(path, 0o644, async (file) => {
    await writeAll(file, bytes);
    return path;
  });
}

async function removeOthers(dir: string, wanted: ReadonlySet<string>): Promise<void> {
  const others = (await readdir(dir)).filter((name) => !wanted.has(name));
  await Promise.all(others.map((name) => rm(join(dir, name), { recursive: true, force: true })));
}
