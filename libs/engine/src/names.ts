/** Names under which one platform of an image is loaded; the host's platform has the plain ones. */
export function loadNames(
  image: string,
  indexDigest: string,
  architecture: string | undefined,
): readonly [string, ...string[]] {
  const suffix = architecture === undefined ? '' : `-${architecture}`;
  const short = indexDigest.replace(/^sha256:/, '').slice(0, 12);
  return [`${image}:latest${suffix}`, `${image}:sha-${short}${suffix}`];
}
