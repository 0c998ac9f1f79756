import { failed, ok, type Result, registryFailure } from '@prism-build/errors';
import {
  type Descriptor,
  type Digest,
  describeBytes,
  digestOf,
  MANIFEST_TYPE,
  type Platform,
  parseConfig,
  putBlob,
} from '@prism-build/oci';
import { type Manifest, readIndex, readManifestFile } from './readIndex';
import { atDigest, formatReference, type Reference } from './reference';
import { type RegistryTools, readConfig, readManifest } from './registry';

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
  readonly index: { readonly digest: Digest };
  readonly platforms: readonly InspectedPlatform[];
}

/** Reads index, manifests and configurations of an image, each verified by its digest. */
export async function inspectImage(tools: RegistryTools, image: Reference): Promise<Result<InspectedImage>> {
  const bytes = await readManifest(tools, image);
  if (!bytes.ok) return bytes;
  const reference = atDigest(image, digestOf(bytes.value));
  const name = formatReference(reference);
  const index = readIndex(bytes.value, name);
  if (!index.ok) return index;
  const digests =
    index.value.kind === 'index' ? [...index.value.manifests.values()] : [digestOf(bytes.value)];
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
  return ok({ reference, index: { digest: digestOf(bytes.value) }, platforms });
}

async function inspectPlatform(tools: RegistryTools, image: Reference): Promise<Result<InspectedPlatform>> {
  const name = formatReference(image);
  const bytes = await readManifest(tools, image);
  if (!bytes.ok) return bytes;
  const manifest = readManifestFile(bytes.value, name);
  if (!manifest.ok) return manifest;
  const { descriptor, config } = manifest.value;
  const configBytes = await readConfig(tools, image, config.digest);
  if (!configBytes.ok) return configBytes;
  const parsed = parseConfig(configBytes.value, name);
  if (!parsed.ok) return parsed;
  const layers = joinLayers(name, manifest.value, parsed.value.diffIDs);
  if (!layers.ok) return layers;
  for (const [type, blob] of [
    [descriptor.mediaType, bytes.value],
    [config.mediaType, configBytes.value],
  ] as const) {
    const put = await putBlob(tools.store, type, blob);
    if (!put.ok) return put;
  }
  return ok({
    platform: parsed.value.platform,
    manifest: describeBytes(descriptor.mediaType || MANIFEST_TYPE, bytes.value),
    config,
    layers: layers.value,
  });
}

function joinLayers(
  name: string,
  { layers }: Manifest,
  diffIDs: readonly Digest[],
): Result<InspectedPlatform['layers']> {
  if (layers.length === diffIDs.length)
    return ok(layers.map((layer, at) => ({ ...layer, diffID: diffIDs[at]! })));
  const why = `${layers.length} layers, and its config names ${diffIDs.length}`;
  return failed(registryFailure('IMAGE_UNREADABLE', { what: `${name} does not hold together`, why }));
}
