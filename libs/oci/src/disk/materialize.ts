import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Result } from '@prism-build/errors';
import { withLock } from '@prism-build/shell';
import type { Descriptor } from '../descriptor';
import { type DigestJson, listAllBlobs } from '../digestJson';
import { blobPath } from './contentStore';
import { catchFailures, unlessMissing, unwrap } from './failures';
import { type BlobSources, gatherBlobs } from './findBlobs';
import { encodeIndexFile, encodeLayoutFile, INDEX_FILE, LAYOUT_FILE } from './layout';
import { linkOrCopy } from './linkFile';
import { validateLayout } from './validateLayout';
import { readDigestJson } from './verifyImage';

interface Materialization extends BlobSources {
  /** The image's directory first, then those of its bases. */
  readonly imageDirs: readonly [string, ...string[]];
  readonly outDir: string;
  /** Fetches missing blobs before they are collected; not called if the layout is already right. */
  readonly fetch?: () => Promise<Result<void>>;
  /** A path outside of `outDir`, which the lock creates and removes. */
  readonly lockPath: string;
}

/**
 * Makes the complete OCI image layout of an image at `outDir`: every platform, including the layers of bases, hard-linked
 * from the store and hashed. It is built beside `outDir` and renamed; a layout that is already right is left untouched.
 * Returns the descriptor of the image index.
 */
export function materialize(options: Materialization): Promise<Result<Descriptor>> {
  return withLock(options.lockPath, () =>
    catchFailures(async () => {
      const image = unwrap(await readDigestJson(options.imageDirs[0]));
      if (await isRight(options.outDir, image)) return image.index;
      const blobs = listAllBlobs(image);
      if (options.fetch) unwrap(await options.fetch());
      unwrap(await gatherBlobs(options, blobs));
      const making = `${options.outDir}.making`;
      await rm(making, { recursive: true, force: true });
      await fill(making, image, options);
      unwrap(await validateLayout(making));
      await swap(making, options.outDir);
      return image.index;
    }),
  );
}

async function isRight(outDir: string, image: DigestJson): Promise<boolean> {
  const index = await unlessMissing(readFile(join(outDir, INDEX_FILE), 'utf8'));
  return index === encodeIndexFile(image.index) && (await validateLayout(outDir)).ok;
}

async function fill(dir: string, image: DigestJson, { store }: BlobSources): Promise<void> {
  await mkdir(join(dir, 'blobs', 'sha256'), { recursive: true });
  for (const { digest } of listAllBlobs(image)) {
    await linkOrCopy(blobPath(store.directory, digest), blobPath(dir, digest));
  }
  await writeFile(join(dir, LAYOUT_FILE), encodeLayoutFile());
  await writeFile(join(dir, INDEX_FILE), encodeIndexFile(image.index));
}

/** A directory cannot be renamed over a non-empty one, so the old one is moved away first. */
async function swap(made: string, outDir: string): Promise<void> {
  const old = `${outDir}.old`;
  await rm(old, { recursive: true, force: true });
  await unlessMissing(rename(outDir, old));
  await rename(made, outDir);
  await rm(old, { recursive: true, force: true });
}
