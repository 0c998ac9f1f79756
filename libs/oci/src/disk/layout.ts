import { canonicalJson } from '../canonicalJson';
import type { Descriptor } from '../descriptor';

/** The two fixed files of an OCI image layout (image-spec, image-layout.md). */
export const LAYOUT_FILE = 'oci-layout';
export const INDEX_FILE = 'index.json';

export function encodeLayoutFile(): string {
  return canonicalJson({ imageLayoutVersion: '1.0.0' });
}

/** index.json with one descriptor and no name: the image index, whose digest is the digest of the image. */
export function encodeIndexFile({ mediaType, digest, size }: Descriptor): string {
  return canonicalJson({ schemaVersion: 2, manifests: [{ mediaType, digest, size }] });
}
