import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Failure, ociFailure, type Result } from '@prism-build/errors';
import { readText } from '@prism-build/shell';
import { checkConfig, checkManifests } from '../checkImage';
import { type DigestJson, listOwnBlobs, parseDigestJson } from '../digestJson';
import { blobPath } from './contentStore';
import { catchFailures, fail, unwrap } from './failures';
import { checkBlobFile, type Depth, type HashLayer } from './hashFile';

/** Reads only `<dir>/digest.json`; `verifyImage` checks the blobs. */
export function readDigestJson(dir: string): Promise<Result<DigestJson>> {
  return catchFailures(async () => {
    const file = join(dir, 'digest.json');
    // Synchronously: the thread pool costs several times what reading a few kilobytes does, and a batch reads hundreds.
    const text = readText(file);
    if (text === undefined)
      fail(ociFailure('DIGEST_JSON_MISSING', { what: `${file} is missing.`, at: { file } }));
    return unwrap(parseDigestJson(text, file));
  });
}

interface VerifyOptions {
  readonly deep: Depth;
  /** The digest of a layer's file; `hashFile` if left out. */
  readonly hash?: HashLayer | undefined;
}

/**
 * Checks an image directory of unknown origin: digest.json, every blob beside it, and manifests and configs against
 * digest.json. Index, manifests and configs are always hashed; `deep` selects the check of layers. Reports every
 * violation. Layers of bases are stored elsewhere and not checked.
 */
export function verifyImage(dir: string, options: VerifyOptions): Promise<Result<DigestJson>> {
  return catchFailures(async () => {
    const image = unwrap(await readDigestJson(dir));
    const failures = [...checkManifests(image), ...(await checkBlobs(dir, image, options))];
    if (failures.length > 0) fail(...failures);
    return image;
  });
}

async function checkBlobs(dir: string, image: DigestJson, { deep, hash }: VerifyOptions): Promise<Failure[]> {
  const layers = new Set(image.platforms.flatMap((one) => one.layers.map(({ digest }) => digest)));
  const failures: Failure[] = [];
  const wrong = new Set<string>();
  for (const blob of listOwnBlobs(image)) {
    const path = blobPath(dir, blob.digest);
    const failure = layers.has(blob.digest)
      ? await checkBlobFile(path, blob, deep, hash)
      : await checkBlobFile(path, blob, 'hashes');
    if (!failure) continue;
    failures.push(failure);
    wrong.add(blob.digest);
  }
  for (const one of image.platforms) {
    if (wrong.has(one.config.digest)) continue;
    failures.push(...checkConfig(one, await readFile(blobPath(dir, one.config.digest))));
  }
  return failures;
}
