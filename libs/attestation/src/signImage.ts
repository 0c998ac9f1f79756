import { all, failed, ok, type Result, signFailure } from '@prism-build/errors';
import { canonicalJson, type Digest, type Json } from '@prism-build/oci';
import { atDigest, type Destination, formatReference } from '@prism-build/registry';
import { withLock } from '@prism-build/shell';
import { coversProvenance, type Provenance } from './claims/provenance';
import { predicateTypes, type Statement } from './claims/statement';
import type { Cosign } from './cosign/cosign';
import type { Signer } from './cosign/signer';

/** What to attach to a manifest. */
export interface Attestation {
  readonly digest: Digest;
  readonly kind: keyof typeof predicateTypes;
  readonly predicate: unknown;
}

/** What has to be signed in one repository. */
export interface SignRequest {
  readonly to: Destination;
  /** The index and the manifest of each platform: podman verifies the latter. */
  readonly digests: readonly Digest[];
  readonly attestations: readonly Attestation[];
}

/** How much of a request was there already. */
export interface Signed {
  readonly signatures: number;
  readonly attestations: number;
}

/** How often what another writer overwrote is attached again. */
const ATTEMPTS = 3;

/**
 * Signs images that are in a repository and attaches attestations; what this signer signed and attached before is not repeated.
 * Registries without the referrers API keep the attestations of one digest in one manifest, and the last writer wins. So writers
 * of one machine wait for each other at `lock`, and everything is read back. Returns how many were added. Failures: SIGN_…, PUSH_….
 */
export function signImage(
  cosign: Cosign,
  signer: Signer,
  request: SignRequest,
  lock: string,
): Promise<Result<Signed>> {
  return withLock(lock, async () => {
    const signatures = await addSignatures(cosign, signer, request);
    if (!signatures.ok) return signatures;
    const attestations = await addAttestations(cosign, signer, request);
    return attestations.ok
      ? ok({ signatures: signatures.value, attestations: attestations.value })
      : attestations;
  });
}

async function addSignatures(cosign: Cosign, signer: Signer, request: SignRequest): Promise<Result<number>> {
  const missing = await listUnsigned(cosign, signer, request);
  if (!missing.ok) return missing;
  const [first, ...others] = missing.value;
  if (first === undefined) return ok(0);
  const done = await cosign.sign(signer, request.to, [first, ...others]);
  if (!done.ok) return done;
  const lost = await listUnsigned(cosign, signer, { ...request, digests: missing.value });
  if (!lost.ok) return lost;
  return lost.value.length === 0 ? ok(missing.value.length) : failed(...lost.value.map(lose(request.to)));
}

/** The digests that this signer has not signed for this repository. */
async function listUnsigned(
  cosign: Cosign,
  { trusted }: Signer,
  { to, digests }: SignRequest,
): Promise<Result<Digest[]>> {
  const repository = `${to.registry}/${to.repository}`;
  const read = all(
    await Promise.all(digests.map((digest) => cosign.readSignatures({ ...to, digest }, trusted))),
  );
  if (!read.ok) return read;
  const isSigned = (digest: Digest, at: number) =>
    read.value[at]!.some((claim) => claim.digest === digest && claim.repository === repository);
  return ok(digests.filter((digest, at) => !isSigned(digest, at)));
}

async function addAttestations(
  cosign: Cosign,
  signer: Signer,
  { to, attestations }: SignRequest,
): Promise<Result<number>> {
  let added = 0;
  for (let attempt = 1; ; attempt++) {
    const missing = await listMissing(cosign, signer, to, attestations);
    if (!missing.ok) return missing;
    if (missing.value.length === 0) return ok(added);
    if (attempt > ATTEMPTS) return failed(...missing.value.map(({ digest }) => lose(to)(digest)));
    // Those of different digests may be written at once, those of one digest not.
    const written = all(
      await Promise.all(groupByDigest(missing.value).map((group) => attachInTurn(cosign, signer, to, group))),
    );
    if (!written.ok) return written;
    added = Math.max(added, missing.value.length);
  }
}

async function attachInTurn(
  cosign: Cosign,
  signer: Signer,
  to: Destination,
  group: readonly Attestation[],
): Promise<Result<void>> {
  for (const { digest, kind, predicate } of group) {
    const text = canonicalJson(predicate as Json);
    const done = await cosign.attest(signer, { ...to, digest }, predicateTypes[kind], text);
    if (!done.ok) return done;
  }
  return ok(undefined);
}

function groupByDigest(attestations: readonly Attestation[]): readonly (readonly Attestation[])[] {
  const digests = [...new Set(attestations.map(({ digest }) => digest))];
  return digests.map((digest) => attestations.filter((one) => one.digest === digest));
}

async function listMissing(
  cosign: Cosign,
  { trusted }: Signer,
  to: Destination,
  attestations: readonly Attestation[],
): Promise<Result<Attestation[]>> {
  const read = all(
    await Promise.all(
      attestations.map(({ digest, kind }) =>
        cosign.readStatements({ ...to, digest }, trusted, predicateTypes[kind]),
      ),
    ),
  );
  if (!read.ok) return read;
  return ok(attestations.filter((one, at) => !read.value[at]!.some((found) => covers(found, one))));
}

/** Whether a statement says what an attestation would say. */
function covers(
  { subjects, predicate }: Statement,
  { digest, kind, predicate: wanted }: Attestation,
): boolean {
  if (!subjects.includes(digest)) return false;
  if (kind === 'provenance' && coversProvenance(predicate, wanted as Provenance)) return true;
  return canonicalJson(predicate as Json) === canonicalJson(wanted as Json);
}

function lose(to: Destination) {
  return (digest: Digest) => {
    const what = `what was signed at ${formatReference(atDigest(to, digest))} is not there`;
    return signFailure('SIGN_LOST', { what });
  };
}
