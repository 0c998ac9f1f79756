import { type Cosign, type KeySigner, signImage } from '@prism-build/attestation';
import { ok, type Result } from '@prism-build/errors';
import type { Digest } from '@prism-build/oci';
import {
  copyAttachments,
  copyReferrers,
  type Pushed,
  type PushPlan,
  promoteCalls,
  pushImage,
} from '@prism-build/registry';
import type { OpenedSide } from './withSides';

/** A key, and the file that writers of signatures wait at. */
export interface Signing {
  readonly signer: KeySigner;
  readonly cosign: Cosign;
  readonly lock: string;
}

/** Copies what the other repository lacks, signs, and moves the tag. `oras` is its path, if it is installed. */
export function moveTag(
  plan: PushPlan,
  from: OpenedSide,
  to: OpenedSide,
  digests: readonly Digest[],
  signing: Signing | undefined,
  oras: string | undefined,
): Promise<Result<Pushed>> {
  const elsewhere =
    from.place.registry !== to.place.registry || from.place.repository !== to.place.repository;
  const calls = promoteCalls(to.connection, { ...from.place, digest: plan.index.digest }, from.connection);
  const beforeTags = async (): Promise<Result<unknown>> => {
    const copied = elsewhere ? await copyAttached(from, to, digests, oras) : ok([]);
    if (!copied.ok || !signing) return copied;
    const { signer, cosign, lock } = signing;
    return signImage(cosign, signer, { to: to.place, digests, attestations: [] }, lock);
  };
  return pushImage({ ...to.tools, calls }, plan, { force: false, layout: async () => ok(''), beforeTags });
}

/** Copies what is attached to manifests; says so if it cannot look for all of it. */
async function copyAttached(
  from: OpenedSide,
  to: OpenedSide,
  digests: readonly Digest[],
  oras: string | undefined,
): Promise<Result<unknown>> {
  const copied = await copyAttachments(from, to, digests);
  if (!copied.ok) return copied;
  const referring = await copyReferrers(oras, from, to, digests);
  if (referring.ok && !referring.value)
    process.stderr.write(
      `${from.place.repository}: oras is not installed, so referrers in the referrers API, if there are any, are not copied\n`,
    );
  return referring;
}
