import { formatReference, isLoopback, type Reference } from '../reference';

type Argv = readonly [string, ...string[]];

/** How to reach a registry. Credentials are never part of it. */
export interface Connection {
  /** Hosts that may speak HTTP without TLS; loopback always may. */
  readonly allowHttp: readonly string[];
  /** A directory with ca.crt, client.cert and client.key; certificates of the system and of containers-certs.d(5) if left out. */
  readonly certDir?: string | undefined;
}

/**
 * Calls of skopeo that push images and check them, as argument vectors. `--preserve-digests` fails rather than convert an image.
 * Proxies come from the environment (HTTPS_PROXY, NO_PROXY).
 */
export function pushCalls(connection: Connection) {
  const options = (side: '' | 'src-' | 'dest-', image: Reference): string[] => [
    ...(mayUseHttp(connection, image) ? [`--${side}tls-verify=false`] : []),
    ...(connection.certDir === undefined ? [] : [`--${side}cert-dir=${connection.certDir}`]),
  ];
  const copy = (layout: string, image: Reference, what: readonly string[]): Argv => [
    'skopeo',
    'copy',
    '--quiet',
    '--preserve-digests',
    // Without it, skopeo tries Docker's types after any failure of an index, and its message hides the real one.
    '--format=oci',
    ...what,
    ...options('dest-', image),
    `oci:${layout}`,
    `docker://${formatReference(image)}`,
  ];
  return {
    /** Sends blobs that the registry lacks, then the manifests of platforms, then the index. `image` has a digest. */
    upload: (layout: string, image: Reference): Argv => copy(layout, image, ['--all']),
    /** Sends the index alone, under a tag. */
    tag: (layout: string, image: Reference): Argv => copy(layout, image, ['--multi-arch', 'index-only']),
    /** Fetches all platforms of an image with their layers; skopeo verifies every digest. */
    fetch: (image: Reference, directory: string): Argv => [
      'skopeo',
      'copy',
      '--quiet',
      '--all',
      '--preserve-digests',
      ...options('src-', image),
      `docker://${formatReference(image)}`,
      `dir:${directory}`,
    ],
    /** Prints a manifest or an index, byte for byte. */
    read: (image: Reference): Argv => [
      'skopeo',
      'inspect',
      '--raw',
      ...options('', image),
      `docker://${formatReference(image)}`,
    ],
  };
}

export type PushCalls = ReturnType<typeof pushCalls>;

/** Whether a registry may speak HTTP without TLS. */
export function mayUseHttp({ allowHttp }: Connection, image: Reference): boolean {
  return isLoopback(image) || allowHttp.includes(image.registry);
}
