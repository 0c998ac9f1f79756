import { byCodeUnit, canonicalJson, type Json } from './canonicalJson';
import { type Blob, type Descriptor, describeBytes, type Platform, platformName } from './descriptor';
import { INDEX_TYPE, MANIFEST_TYPE } from './mediaTypes';

/** The manifest of one platform (OCI image-spec, manifest.md) as a blob; layers lowest first. */
export function buildManifest(config: Descriptor, layers: readonly Descriptor[]): Blob {
  return makeBlob(MANIFEST_TYPE, {
    schemaVersion: 2,
    mediaType: MANIFEST_TYPE,
    config: pickDescriptor(config),
    layers: layers.map(pickDescriptor),
  });
}

interface IndexChild {
  readonly platform: Platform;
  readonly manifest: Descriptor;
}

/** The image index (OCI image-spec, image-index.md) as a blob. Children are sorted by platform. */
export function buildIndex(children: readonly IndexChild[]): Blob {
  const manifests = [...children].sort(byPlatform).map(({ platform, manifest }) => ({
    ...pickDescriptor(manifest),
    platform: { os: platform.os, architecture: platform.architecture, variant: platform.variant },
  }));
  return makeBlob(INDEX_TYPE, { schemaVersion: 2, mediaType: INDEX_TYPE, manifests });
}

export function byPlatform(a: { platform: Platform }, b: { platform: Platform }): number {
  return byCodeUnit(platformName(a.platform), platformName(b.platform));
}

function pickDescriptor({ mediaType, digest, size }: Descriptor) {
  return { mediaType, digest, size };
}

function makeBlob(mediaType: string, value: Json): Blob {
  const bytes = Buffer.from(canonicalJson(value));
  return { descriptor: describeBytes(mediaType, bytes), bytes };
}
