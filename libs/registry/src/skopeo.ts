import { MANIFEST_TYPE } from '@prism-build/oci';
import { type Connection, reachOptions } from './push/pushCalls';
import { formatReference, type Reference } from './reference';

type Argv = readonly [string, ...string[]];

/** Only loopback may do without TLS, and skopeo finds certificates and credentials itself. */
const plain: Connection = { allowHttp: [] };

/**
 * Calls of skopeo as argument vectors. Credentials are not in them: skopeo itself reads REGISTRY_AUTH_FILE and the files of
 * `podman login`, and registries.conf for mirrors and registries without TLS.
 */
export const skopeo = {
  /** Prints a manifest or an index, byte for byte. */
  manifest: (image: Reference, connection = plain): Argv => [
    'skopeo',
    'inspect',
    '--raw',
    ...reachOptions('', connection, image),
    url(image),
  ],
  /** Prints the configuration of one platform's image, byte for byte. */
  config: (image: Reference, connection = plain): Argv => [
    'skopeo',
    'inspect',
    '--config',
    '--raw',
    ...reachOptions('', connection, image),
    url(image),
  ],
  /**
   * Writes the blobs of one platform's image below a directory, see `blobsBelow`. For OCI manifests, existing blobs are not
   * fetched again. An OCI layout cannot store Docker's manifests unchanged, so those use a plain directory.
   */
  copy: (image: Reference, mediaType: string, directory: string, connection = plain): Argv => [
    'skopeo',
    'copy',
    '--quiet',
    '--preserve-digests',
    ...reachOptions('src-', connection, image),
    ...(mediaType === MANIFEST_TYPE ? ['--dest-shared-blob-dir', `${directory}/blobs`] : []),
    url(image),
    mediaType === MANIFEST_TYPE ? `oci:${directory}/layout` : `dir:${directory}/layout`,
  ],
};

/** Where `copy` leaves a blob, by the hex of its digest. */
export function blobsBelow(directory: string, mediaType: string): string {
  return mediaType === MANIFEST_TYPE ? `${directory}/blobs/sha256` : `${directory}/layout`;
}

function url(image: Reference): string {
  return `docker://${formatReference(image)}`;
}
