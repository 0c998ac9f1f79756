import { formatReference, isLoopback, type Reference } from '../reference';

type Argv = readonly [string, ...string[]];

/** How to reach a registry. Credentials are never part of it. */
export interface Connection {
  /** Hosts that may speak HTTP without TLS; loopback always may. */
  readonly allowHttp: readonly string[];
  /** A directory with ca.crt, client.cert and client.key; certificates of the system and of containers-certs.d(5) if left out. */
  readonly certDir?: string | undefined;
  /** A file with credentials; the places where skopeo itself looks if left out. */
  readonly authFile?: string | undefined;
}

/**
 * Calls of skopeo that push images and check them, as argument vectors. `--preserve-digests` fails rather than convert an image.
 * Proxies come from the environment (HTTPS_PROXY, NO_PROXY).
 */
export function pushCalls(connection: Connection) {
  const copy = (layout: string, image: Reference, what: readonly string[]): Argv =>
    copyCall([`oci:${layout}`], connection, image, what);
  return {
    /** Sends blobs that the registry lacks, then the manifests of platforms, then the index. `image` has a digest. */
    upload: (layout: string, image: Reference): Argv => copy(layout, image, whole),
    /** Sends the index alone, under a tag. */
    tag: (layout: string, image: Reference): Argv => copy(layout, image, indexOnly),
    /** Fetches all platforms of an image with their layers; skopeo verifies every digest. */
    fetch: (image: Reference, directory: string): Argv => [
      'skopeo',
      'copy',
      '--quiet',
      '--all',
      '--preserve-digests',
      ...reachOptions('src-', connection, image),
      `docker://${formatReference(image)}`,
      `dir:${directory}`,
    ],
    /** Prints a manifest or an index, byte for byte. */
    read: (image: Reference): Argv => [
      'skopeo',
      'inspect',
      '--raw',
      ...reachOptions('', connection, image),
      `docker://${formatReference(image)}`,
    ],
  };
}

export type PushCalls = ReturnType<typeof pushCalls>;

/**
 * The same calls for an image that is in a registry already, with a digest: blobs are mounted or stream from there, and no
 * layout is read.
 */
export function promoteCalls(connection: Connection, image: Reference, from: Connection): PushCalls {
  const source = [...reachOptions('src-', from, image), `docker://${formatReference(image)}`];
  return {
    ...pushCalls(connection),
    upload: (_, to) => copyCall(source, connection, to, whole),
    tag: (_, to) => copyCall(source, connection, to, indexOnly),
  };
}

const whole = ['--all'];
const indexOnly = ['--multi-arch', 'index-only'];

function copyCall(
  source: readonly string[],
  connection: Connection,
  image: Reference,
  what: readonly string[],
): Argv {
  return [
    'skopeo',
    'copy',
    '--quiet',
    '--preserve-digests',
    // Without it, skopeo tries Docker's types after any failure of an index, and its message hides the real one.
    '--format=oci',
    ...what,
    ...reachOptions('dest-', connection, image),
    ...source,
    `docker://${formatReference(image)}`,
  ];
}

/** Options of skopeo that say how to reach one side of a call. */
export function reachOptions(
  side: '' | 'src-' | 'dest-',
  connection: Connection,
  image: Reference,
): readonly string[] {
  const { certDir, authFile } = connection;
  return [
    ...(mayUseHttp(connection, image) ? [`--${side}tls-verify=false`] : []),
    ...(certDir === undefined ? [] : [`--${side}cert-dir=${certDir}`]),
    ...(authFile === undefined ? [] : [`--${side}authfile=${authFile}`]),
  ];
}

/** Whether a registry may speak HTTP without TLS. */
export function mayUseHttp({ allowHttp }: Connection, image: Reference): boolean {
  return isLoopback(image) || allowHttp.includes(image.registry);
}
