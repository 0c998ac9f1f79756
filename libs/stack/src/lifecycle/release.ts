import { createHash } from 'node:crypto';
import * as z from 'zod';

/** The label of a pod with the beginning of its release's digest. */
export const releaseLabel = 'prism-build.release';

const schema = z.strictObject({
  version: z.literal(1),
  /** The name of stack.yaml, for messages, and its text. */
  file: z.string(),
  text: z.string(),
  images: z.array(
    z.strictObject({
      container: z.string(),
      reference: z.string(),
      project: z.string().optional(),
      /** Of its index. */
      digest: z.string(),
      /** The name under which Podman keeps it. */
      name: z.string(),
      /** Its ID in Podman: the digest of its config. */
      config: z.string(),
    }),
  ),
});

/** Everything that a deployment runs: stack.yaml as it was, and the images. */
export type Release = z.infer<typeof schema>;

/** A release as a file. The same release has the same bytes. */
export function encodeRelease({ file, text, images }: Omit<Release, 'version'>): string {
  const fields = images.map(({ container, reference, project, digest, name, config }) => ({
    ...{ container, reference, ...(project !== undefined && { project }), digest, name, config },
  }));
  return `${JSON.stringify({ version: 1, file, text, images: fields })}\n`;
}

export function releaseDigest(encoded: string): string {
  return `sha256:${createHash('sha256').update(encoded).digest('hex')}`;
}

/** Undefined if the text is not the release of this digest. */
export function parseRelease(encoded: string, digest: string): Release | undefined {
  if (releaseDigest(encoded) !== digest) return undefined;
  const parsed = schema.safeParse(JSON.parse(encoded));
  return parsed.success ? parsed.data : undefined;
}

/** A label's value has at most 63 characters. */
export function releaseTag(digest: string): string {
  return digest.replace('sha256:', '').slice(0, 16);
}

/** The end of the names under which Podman keeps the images of an owner's deployments. `prune` leaves such names alone. */
function keptSuffix(owner: string): string {
  return createHash('sha256').update(owner).digest('hex').slice(0, 8);
}

/** The name under which Podman keeps an image: a name of its own for each stack, so that one does not remove another's. */
export function keptName(reference: string, digest: string, owner: string): string {
  const repository = reference.replace(/@.*$/, '').replace(/:[^/:]*$/, '');
  return `${repository}:deployed-${digest.replace('sha256:', '').slice(0, 12)}-${keptSuffix(owner)}`;
}

/** Those of all names of images that are kept for an owner, and not needed. */
export function listUnneeded(names: readonly string[], owner: string, needed: readonly string[]): string[] {
  const ours = new RegExp(`:deployed-[0-9a-f]{12}-${keptSuffix(owner)}$`);
  return names.filter((name) => ours.test(name) && !needed.includes(name));
}
