/** Media types of the OCI image specification v1.1, and of Docker's manifests where bases still use them. */
export const INDEX_TYPE = 'application/vnd.oci.image.index.v1+json';
export const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json';
export const CONFIG_TYPE = 'application/vnd.oci.image.config.v1+json';
export const LAYER_TYPES = {
  zstd: 'application/vnd.oci.image.layer.v1.tar+zstd',
  gzip: 'application/vnd.oci.image.layer.v1.tar+gzip',
  none: 'application/vnd.oci.image.layer.v1.tar',
} as const;

export type Compression = keyof typeof LAYER_TYPES;

/** The same blobs under the names that Docker had for them before there was a specification. */
const DOCKER_LAYERS: Readonly<Record<string, Compression>> = {
  'application/vnd.docker.image.rootfs.diff.tar.gzip': 'gzip',
  'application/vnd.docker.image.rootfs.diff.tar.zstd': 'zstd',
  'application/vnd.docker.image.rootfs.diff.tar': 'none',
};

/** How a layer of this media type is compressed; undefined for what is not a layer that we can read. */
export function compressionOf(mediaType: string): Compression | undefined {
  const docker = DOCKER_LAYERS[mediaType];
  if (docker) return docker;
  const found = Object.entries(LAYER_TYPES).find(([, type]) => type === mediaType);
  return found?.[0] as Compression | undefined;
}
