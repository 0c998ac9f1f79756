import type { Failure } from '@prism-build/errors';
import type { Assessment, Finding, Scanned } from './assessment';
import { describeSuppression, idsOf, type Judgement, judgeFinding } from './judgeFinding';
import type { ScanPolicy } from './policy/scanPolicy';
import { breakRules, type Violation } from './rules/imageRules';
import { covers, hasExpired, type Suppressible } from './suppressions/covers';
import type { Suppression } from './suppressions/suppression';

/** Why an image is blocked. */
export type Reason =
  | { readonly kind: 'error'; readonly platform: string; readonly failures: readonly Failure[] }
  | { readonly kind: 'notAssessable'; readonly platform: string; readonly what: string }
  | { readonly kind: 'finding'; readonly platform: string; readonly finding: Finding; readonly why: string }
  | { readonly kind: 'rule'; readonly platform: string; readonly violation: Violation }
  | { readonly kind: 'expired'; readonly suppression: Suppression };

/** A finding that does not block: below the threshold, in its grace period, not called or suppressed. */
interface Accepted {
  readonly platform: string;
  readonly finding: Finding;
  readonly by: string;
  readonly suppressed: boolean;
  /** Whether it would block if its code were called. */
  readonly warns: boolean;
}

export interface Decision {
  /** `notAssessable` also blocks; it is the verdict if nothing else blocks. */
  readonly verdict: 'allow' | 'block' | 'notAssessable';
  readonly reasons: readonly Reason[];
  readonly accepted: readonly Accepted[];
  /** Broken rules that do not block: the policy says `warn`, or a suppression covers them. */
  readonly warnings: readonly {
    readonly platform: string;
    readonly violation: Violation;
    /** The suppression in words; undefined if there is none. */
    readonly by: string | undefined;
  }[];
  readonly unused: readonly Suppression[];
}

const DAY = 24 * 3600 * 1000;

/**
 * Judges all platforms of an image. `now`: milliseconds since 1970. An empty list of assessments, a failed scan and an
 * impossible time never give `allow`.
 */
export function decide(assessments: readonly Assessment[], policy: ScanPolicy, now: number): Decision {
  const judged = assessments.map((one) => judgePlatform(one, policy, now));
  const reasons: Reason[] = [
    ...(assessments.length === 0
      ? [{ kind: 'notAssessable', platform: '', what: 'no platform was scanned' } as const]
      : []),
    ...judged.flatMap((one) => one.reasons),
    ...policy.suppressions
      .filter((one) => hasExpired(one, now))
      .map((suppression) => ({ kind: 'expired', suppression }) as const),
  ];
  const seen = judged.flatMap((one) => one.suppressible);
  return {
    verdict: verdictOf(reasons),
    reasons,
    accepted: judged.flatMap((one) => one.accepted),
    warnings: judged.flatMap((one) => one.warnings),
    unused: policy.suppressions.filter(
      (one) => !hasExpired(one, now) && !seen.some(({ what, digests }) => covers(one, what, digests)),
    ),
  };
}

function verdictOf(reasons: readonly Reason[]): Decision['verdict'] {
  if (reasons.length === 0) return 'allow';
  return reasons.every(({ kind }) => kind === 'notAssessable') ? 'notAssessable' : 'block';
}

interface JudgedPlatform extends Pick<Decision, 'reasons' | 'accepted' | 'warnings'> {
  readonly suppressible: readonly { readonly what: Suppressible; readonly digests: readonly string[] }[];
}

function judgePlatform(assessment: Assessment, policy: ScanPolicy, now: number): JudgedPlatform {
  const { platform, digest, manifest, scan } = assessment;
  const digests = [digest, ...(manifest === undefined ? [] : [manifest])];
  const rules = breakRules(assessment, policy).map((violation) => ({
    platform,
    violation,
    suppression: policy.suppressions.find(
      (one) => !hasExpired(one, now) && covers(one, toSuppressible(violation), digests),
    ),
  }));
  const findings: readonly (Judgement & { readonly finding: Finding })[] = scan.ok
    ? scan.findings.map((finding) => ({ finding, ...judgeFinding(finding, digests, policy, now) }))
    : [];
  const blocks = ({ violation, suppression }: (typeof rules)[number]) =>
    violation.level === 'block' && suppression === undefined;
  return {
    reasons: [
      ...(scan.ok
        ? listGaps(scan, policy, now).map((what) => ({ kind: 'notAssessable', platform, what }) as const)
        : [{ kind: 'error', platform, failures: scan.failures } as const]),
      ...findings
        .filter((one) => one.blocks)
        .map(({ finding, why }) => ({ kind: 'finding', platform, finding, why }) as const),
      ...rules.filter(blocks).map(({ violation }) => ({ kind: 'rule', platform, violation }) as const),
    ],
    accepted: findings
      .filter((one) => !one.blocks)
      .map(({ finding, why, suppression, warns = false }) => ({
        ...{ platform, finding, by: why, warns },
        suppressed: suppression !== undefined,
      })),
    warnings: rules
      .filter((one) => !blocks(one))
      .map(({ violation, suppression }) => ({
        platform,
        violation,
        by: suppression && describeSuppression(suppression),
      })),
    suppressible: [
      ...findings.map(({ finding }) => ({ what: { ...finding, ids: idsOf(finding) }, digests })),
      ...rules.map(({ violation }) => ({ what: toSuppressible(violation), digests })),
    ],
  };
}

function toSuppressible({ rule, detail, package: name, path, purl }: Violation): Suppressible {
  return { ids: [rule, ...(detail === undefined ? [] : [detail])], package: name, path, purl };
}

/** What keeps a scan from being a judgement. The policy can allow gaps, but no database that is too old. */
function listGaps(scan: Scanned, policy: ScanPolicy, now: number): string[] {
  const none = scan.packages > 0 ? [] : ['the scanner recognised no package'];
  const gaps = policy.notAssessable === 'block' ? [...none, ...scan.gaps] : [];
  return [...gaps, ...listAge(scan, policy, now)];
}

/** The comparison is written so that NaN counts as too old. */
function listAge(scan: Scanned, { maxDatabaseAgeDays }: ScanPolicy, now: number): string[] {
  const second = scan.secondDatabaseTime;
  const databases = [
    { name: 'the database', time: scan.databaseTime },
    ...(second === undefined ? [] : [{ name: 'the database of govulncheck', time: second }]),
  ];
  return databases.flatMap(({ name, time }) => {
    const days = (now - time) / DAY;
    if (days >= -1 && days <= maxDatabaseAgeDays) return [];
    const age = days < 0 ? 'is from the future' : `is ${Math.floor(days)} days old`;
    return [`${name} ${age}; the policy allows ${maxDatabaseAgeDays} days`];
  });
}
