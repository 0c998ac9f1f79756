/** The name of a builder in the user's own engine store: its shortened ID, the digest of its config. */
export function builderName(config: string): string {
  return `localhost/prism-builder:${config.replace(/^sha256:/, '').slice(0, 12)}`;
}

interface NameParts {
  /** The variant of the image; absent: the default one. */
  readonly variant?: string | undefined;
  /** Absent: the platform of the host. */
  readonly architecture?: string | undefined;
}

/**
 * Names under which one platform of an image is loaded. The host's platform of the default image has plain tags; others
 * have suffixes: `latest-debug`, `sha-0123456789ab-debug-arm64`.
 */
export function loadNames(
  image: string,
  indexDigest: string,
  { variant, architecture }: NameParts = {},
): readonly [string, string] {
  const suffix = [variant, architecture].map((part) => (part === undefined ? '' : `-${part}`)).join('');
  const short = indexDigest.replace(/^sha256:/, '').slice(0, 12);
  return [`${image}:latest${suffix}`, `${image}:sha-${short}${suffix}`];
}
