/**
 * Paths of possible ignore files; only the first that exists is used. From buildah 1.28: beside the Containerfile,
 * `.dockerignore` comes before `.containerignore`; in the context, it is the other way round. BuildKit reads only the two
 * `.dockerignore` forms, in the same order.
 *
 * @param containerfilePath absolute, or relative to the context directory
 */
export function ignoreFileCandidates(containerfilePath: string, contextDirectory: string): string[] {
  const below = (name: string) =>
    contextDirectory === '' ? name : `${contextDirectory.replace(/\/+$/, '')}/${name}`;
  const file = containerfilePath.startsWith('/') ? containerfilePath : below(containerfilePath);
  return [
    `${file}.dockerignore`,
    `${file}.containerignore`,
    below('.containerignore'),
    below('.dockerignore'),
  ];
}
