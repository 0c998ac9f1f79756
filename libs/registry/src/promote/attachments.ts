import type { Digest } from '@prism-build/oci';
import * as z from 'zod';

/**
 * Tags of cosign that belong to a manifest: attestations and SBOMs. A signature is none: it is valid in one repository.
 */
export function attachmentTags(digest: Digest): readonly string[] {
  const name = referrersTag(digest);
  return [`${name}.att`, `${name}.sbom`];
}

/** The tag of a manifest's referrers where the referrers API is missing (the tag schema of the OCI distribution specification). */
export function referrersTag(digest: Digest): string {
  return digest.replace(':', '-');
}

/** The tag of cosign's signatures of a manifest. */
export function signatureTag(digest: Digest): string {
  return `${referrersTag(digest)}.sig`;
}

const holder = z.looseObject({ layers: z.array(z.looseObject({ digest: z.string() })).default([]) });

/** The digests of the layers of an attachment: each is a statement or an SBOM. */
function listHeld(bytes: Uint8Array): ReadonlySet<string> {
  try {
    const { layers } = holder.parse(JSON.parse(Buffer.from(bytes).toString()));
    return new Set(layers.map(({ digest }) => digest));
  } catch {
    return new Set();
  }
}

/** How an attachment compares with the one at the place that it should be copied to. */
export function compareAttachments(source: Uint8Array, there: Uint8Array): 'keep' | 'replace' | 'conflict' {
  const [ours, theirs] = [listHeld(source), listHeld(there)];
  if ([...ours].every((one) => theirs.has(one))) return 'keep';
  return [...theirs].every((one) => ours.has(one)) ? 'replace' : 'conflict';
}
