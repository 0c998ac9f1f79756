import { failed, ok, type Result, registryFailure } from '@prism-build/errors';
import {
  type Descriptor,
  type Digest,
  describeBytes,
  digestOf,
  MANIFEST_TYPE,
  type Platform,
  putBlob,
} from '@prism-build/oci';
import { readIndex } from './readIndex';
import { readPlatform } from './readPlatform';
import { atDigest, formatReference, type Reference } from './reference';
import { type RegistryTools, readManifest } from './registry';

/** One platform of an image in a registry. The store has its manifest and configuration; layers are not fetched. */
interface InspectedPlatform {
  readonly platform: Platform;
  readonly manifest: Descriptor;
  readonly config: Descriptor;
  readonly layers: readonly (Descriptor & { readonly diffID: Digest })[];
}

export interface InspectedImage {
  /** By digest: the reference itself, or what its tag names now. */
  readonly reference: Reference;
  readonly index: Descriptor;
  readonly platforms: readonly InspectedPlatform[];
}

/** Reads index, manifests and configurations of an image, each verified by its digest. */
export async function inspectImage(tools: RegistryTools, image: Reference): Promise<Result<InspectedImage>> {
  const bytes = await readManifest(tools, image);
  if (!bytes.ok) return bytes;
  const reference = atDigest(image, digestOf(bytes.value));
  const name = formatReference(reference);
  const parsed = readIndex(bytes.value, name);
  if (!parsed.ok) return parsed;
  const digests =
    parsed.value.kind === 'index' ? [...parsed.value.manifests.values()] : [digestOf(bytes.value)];
  const platforms: InspectedPlatform[] = [];
  for (const digest of digests) {
    const platform = await inspectPlatform(tools, atDigest(image, digest));
    if (!platform.ok) return platform;
    platforms.push(platform.value);
  }
  if (platforms.length === 0) {
    const what = `${name} has no image for any platform`;
    return failed(registryFailure('IMAGE_UNREADABLE', { what }));
  }
  // An image of one platform may be a manifest without an index.
  const index =
    parsed.value.kind === 'index'
      ? describeBytes(parsed.value.mediaType, bytes.value)
      : platforms[0]!.manifest;
  return ok({ reference, index, platforms });
}

async function inspectPlatform(tools: RegistryTools, image: Reference): Promise<Result<InspectedPlatform>> {
  const read = await readPlatform(tools, image);
  if (!read.ok) return read;
  const { descriptor, config, layers, manifestBytes, configBytes, parsed } = read.value;
  for (const [type, blob] of [
    [descriptor.mediaType, manifestBytes],
    [config.mediaType, configBytes],
  ] as const) {
    const put = await putBlob(tools.store, type, blob);
    if (!put.ok) return put;
  }
  return ok({
    platform: parsed.platform,
    manifest: describeBytes(descriptor.mediaType || MANIFEST_TYPE, manifestBytes),
    config,
    layers: layers.map((layer, at) => ({ ...layer, diffID: parsed.diffIDs[at]! })),
  });
}
