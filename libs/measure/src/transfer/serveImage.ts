import { createReadStream } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Descriptor } from '@prism-build/oci';

/** A read-only registry with one image. */
export interface ServedImage {
  /** host:port/name@digest. */
  readonly reference: string;
  readonly close: () => Promise<void>;
}

/**
 * Serves a manifest and its blobs on loopback (OCI distribution-spec, pull), as files are: no registry has to be installed. `pathOf`
 * finds the file of a digest.
 */
export async function serveImage(
  manifest: Descriptor,
  blobs: readonly Descriptor[],
  pathOf: (digest: Descriptor['digest']) => string,
): Promise<ServedImage> {
  const known = new Map([manifest, ...blobs].map((blob) => [blob.digest as string, blob]));
  const server = createServer((request, response) => {
    const [, digest = ''] = /^\/v2\/image\/(?:manifests|blobs)\/(.+)$/.exec(request.url ?? '') ?? [];
    const blob = known.get(digest);
    if (request.url === '/v2/') return response.end();
    if (!blob) return response.writeHead(404).end();
    const head = {
      'content-type': blob.mediaType,
      'content-length': blob.size,
      'docker-content-digest': digest,
    };
    response.writeHead(200, head);
    if (request.method === 'HEAD') return response.end();
    return createReadStream(pathOf(blob.digest))
      .on('error', () => response.destroy())
      .pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    reference: `127.0.0.1:${port}/image@${manifest.digest}`,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
