/** The name of a builder in an engine whose store is the user's own: its ID, which is the digest of its config, in short. */
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
 * Names under which one platform of an image is loaded; the host's platform of the default image has the plain
 * ones, others say what they are behind the tag: `latest-debug`, `sha-0123456789ab-debug-arm64`.
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
