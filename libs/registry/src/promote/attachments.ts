import type { Digest } from '@prism-build/oci';
import * as z from 'zod';

/**
 * Tags that belong to a manifest: attestations and SBOMs of cosign, and the list of its referrers in registries without the
 * referrers API (the tag schema of the OCI distribution specification). A signature is none: it is valid in one repository.
 */
export function attachmentTags(digest: Digest): readonly string[] {
  const name = digest.replace(':', '-');
  return [`${name}.att`, `${name}.sbom`, name];
}

/** The tag of cosign's signatures of a manifest. */
export function signatureTag(digest: Digest): string {
  return `${digest.replace(':', '-')}.sig`;
}

const listed = z.array(z.looseObject({ digest: z.string() })).default([]);
const holder = z.looseObject({ layers: listed, manifests: listed });

/** The digests of what an attachment holds: the layers of a manifest, or the manifests of an index. */
function listHeld(bytes: Uint8Array): ReadonlySet<string> {
  try {
    const { layers, manifests } = holder.parse(JSON.parse(Buffer.from(bytes).toString()));
    return new Set([...layers, ...manifests].map(({ digest }) => digest));
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
