import { type Failure, verifyFailure } from '@prism-build/errors';
import type { Digest } from '@prism-build/oci';
import { formatReference, type Reference } from '@prism-build/registry';
import { isClean, type Provenance, parseProvenance, sourceOf } from '../claims/provenance';
import type { SignatureClaim } from '../claims/signature';
import { predicateTypes, type Statement } from '../claims/statement';
import { isAllowed, type VerifyRule } from './verifyPolicy';

/** What allowed keys and identities say about an index or a manifest. */
export interface ManifestEvidence {
  readonly digest: Digest;
  /** Undefined for an index, and for a manifest that is verified alone. */
  readonly platform: string | undefined;
  readonly isIndex: boolean;
  readonly signatures: readonly SignatureClaim[];
  readonly statements: readonly Statement[];
}

/** What a registry has about an image; signatures and statements by others are left out. */
export interface Evidence {
  readonly image: Reference & { readonly digest: Digest };
  /** The index first, if the image is one. */
  readonly manifests: readonly ManifestEvidence[];
}

/** Clocks of two machines may differ by this many milliseconds. */
const TOLERANCE = 5 * 60_000;

/** All reasons why an image must not be used; empty if it may. `now` is the time in milliseconds since 1970. */
export function judgeImage({ image, manifests }: Evidence, rule: VerifyRule, now: number): Failure[] {
  const there = manifests.flatMap(({ platform }) => platform ?? []);
  const missing = (rule.platforms ?? []).filter((platform) => !there.includes(platform));
  return [
    ...missing.map((platform) => {
      const what = `${formatReference(image)} has no image for ${platform}, which the policy wants`;
      return verifyFailure('VERIFY_PLATFORM_MISSING', { what });
    }),
    ...manifests.flatMap((one) => [
      ...judgeSignatures(image, one),
      ...(one.isIndex ? [] : judgeAttestations(image, one, rule, now)),
    ]),
  ];
}

function judgeSignatures(image: Reference, manifest: ManifestEvidence): Failure[] {
  const { digest, signatures } = manifest;
  const name = nameOf(image, manifest);
  const repository = `${image.registry}/${image.repository}`;
  if (signatures.some((claim) => claim.digest === digest && claim.repository === repository)) return [];
  if (signatures.length === 0)
    return [verifyFailure('VERIFY_UNSIGNED', { what: `${name} has no signature that the policy allows` })];
  return signatures.map((claim) => {
    const about = claim.digest === digest ? `the repository ${claim.repository}` : claim.digest;
    return verifyFailure('VERIFY_SIGNATURE_MISPLACED', { what: `the signature at ${name} is for ${about}` });
  });
}

function judgeAttestations(
  image: Reference,
  manifest: ManifestEvidence,
  rule: VerifyRule,
  now: number,
): Failure[] {
  return rule.require.flatMap((kind) => {
    const name = nameOf(image, manifest);
    const of = manifest.statements.filter(({ predicateType }) => predicateType === predicateTypes[kind]);
    const bound = of.filter(({ subjects }) => subjects.includes(manifest.digest));
    if (of.length === 0) {
      const what = `${name} has no ${kind} that is signed as the policy wants`;
      return [verifyFailure('VERIFY_ATTESTATION_MISSING', { what })];
    }
    if (bound.length === 0) {
      const subjects = of.flatMap((one) => one.subjects).join(', ') || 'no image';
      const what = `the ${kind} at ${name} is about ${subjects}`;
      return [verifyFailure('VERIFY_ATTESTATION_MISPLACED', { what })];
    }
    if (kind === 'sbom') return [];
    const judged = bound.map(({ predicate }) => judgeProvenance(name, predicate, rule, now));
    return judged.some((reasons) => reasons.length === 0) ? [] : judged.flat();
  });
}

/** The provenance of a manifest that the rule accepts, one of a commit without changes before others. */
export function findProvenance(
  image: Reference,
  manifest: ManifestEvidence,
  rule: VerifyRule,
  now: number,
): Provenance | undefined {
  const accepted = manifest.statements.flatMap(({ predicateType, subjects, predicate }) => {
    if (predicateType !== predicateTypes.provenance || !subjects.includes(manifest.digest)) return [];
    const provenance = parseProvenance(predicate);
    if (judgeProvenance(nameOf(image, manifest), predicate, rule, now).length > 0) return [];
    return provenance ?? [];
  });
  return accepted.find(isClean) ?? accepted[0];
}

function judgeProvenance(name: string, predicate: unknown, rule: VerifyRule, now: number): Failure[] {
  const refuse = (what: string) => verifyFailure('VERIFY_PROVENANCE_REFUSED', { what });
  const provenance = parseProvenance(predicate);
  if (!provenance) return [refuse(`the provenance of ${name} is no SLSA provenance v1`)];
  const { builder, metadata = {} } = provenance.runDetails;
  const source = sourceOf(provenance)?.uri;
  const times = [metadata.startedOn, metadata.finishedOn].flatMap((one) => one ?? []);
  return [
    ...(isAllowed(builder.id, rule.builders ?? []) ? [] : [refuse(`${name} was built by ${builder.id}`)]),
    ...(source !== undefined && isAllowed(source, rule.sources ?? [])
      ? []
      : [refuse(`${name} was built from ${source ?? 'sources without a repository'}`)]),
    ...times
      .filter((time) => !(Date.parse(time) <= now + TOLERANCE))
      .map((time) => {
        const what = `${name} was built at ${time}, which is later than now, ${new Date(now).toISOString()}`;
        return verifyFailure('VERIFY_CLOCK', { what });
      }),
  ];
}

function nameOf(image: Reference, { digest, platform }: ManifestEvidence): string {
  const { registry, repository } = image;
  return `${formatReference({ registry, repository, digest })}${platform === undefined ? '' : ` (${platform})`}`;
}
