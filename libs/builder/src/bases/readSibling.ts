import { readFile } from 'node:fs/promises';
import { all, failed, ociFailure, ok, type Result } from '@prism-build/errors';
import {
  type BaseImage,
  type BasePlatform,
  blobPath,
  type DigestJson,
  digestOf,
  type PlatformImage,
  parseConfig,
  verifyImage,
} from '@prism-build/oci';
import { attempt } from '@prism-build/shell';
import { imageDirectory } from '@prism-build/workspace';
import type { Siblings } from './siblings';

/**
 * The image of another component, as a base. The image may have been restored from the build cache, so it is verified,
 * and rebuilt in this process if a file is missing or altered. Checks only the sizes of layers; their bytes are verified
 * when they are read.
 */
export async function readSibling(
  root: string,
  project: string,
  { rebuild }: Siblings,
): Promise<Result<BaseImage>> {
  const directory = imageDirectory(root, project);
  const found = await readBase(directory, project);
  if (found.ok) return found;
  const rebuilt = await rebuild(project, found.failures);
  return rebuilt.ok ? readBase(directory, project) : rebuilt;
}

async function readBase(directory: string, project: string): Promise<Result<BaseImage>> {
  const image = await verifyImage(directory, { deep: 'sizes' });
  return image.ok ? describeBase(directory, image.value, project) : image;
}

async function describeBase(
  directory: string,
  { platforms }: DigestJson,
  project: string,
): Promise<Result<BaseImage>> {
  return all(await Promise.all(platforms.map((one) => describePlatform(directory, one, project))));
}

async function describePlatform(
  directory: string,
  { platform, manifest, config, layers }: PlatformImage,
  project: string,
): Promise<Result<BasePlatform>> {
  const path = blobPath(directory, config.digest);
  const bytes = await attempt(`cannot read ${path}`, () => readFile(path));
  if (!bytes.ok) return bytes;
  if (digestOf(bytes.value) !== config.digest)
    return failed(ociFailure('BLOB_CORRUPT', { what: `${path} is altered.` }));
  const parsed = parseConfig(bytes.value, project);
  if (!parsed.ok) return parsed;
  const { settings, history } = parsed.value;
  const origin = { base: manifest.digest };
  return ok({
    platform,
    manifest,
    settings,
    layers: layers.map((layer) => (layer.origin === 'own' ? { ...layer, origin } : layer)),
    history,
  });
}
