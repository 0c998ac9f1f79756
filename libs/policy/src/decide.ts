import type { Failure } from '@prism-build/errors';
import type { Assessment, Finding, Scanned, Secret } from './assessment';
import { breakRules } from './imageRules';
import { type ScanPolicy, type Severity, type Suppression, severities } from './scanPolicy';
import { covers, hasExpired } from './suppress';

/** Why an image is blocked. */
export type Reason =
  | { readonly kind: 'error'; readonly platform: string; readonly failures: readonly Failure[] }
  | { readonly kind: 'notAssessable'; readonly platform: string; readonly what: string }
  | { readonly kind: 'finding'; readonly platform: string; readonly finding: Finding }
  | { readonly kind: 'rule'; readonly platform: string; readonly what: string }
  | { readonly kind: 'expired'; readonly suppression: Suppression };

export interface Decision {
  /** `notAssessable` also blocks; it is the verdict if nothing else blocks. */
  readonly verdict: 'allow' | 'block' | 'notAssessable';
  readonly reasons: readonly Reason[];
  /** Findings that do not block: below the threshold or suppressed. */
  readonly accepted: readonly { readonly platform: string; readonly finding: Finding; readonly by: string }[];
  readonly unused: readonly Suppression[];
}

const DAY = 24 * 3600 * 1000;

/**
 * Judges all platforms of an image. `now`: milliseconds since 1970. An empty list of assessments, a failed scan and an
 * impossible time never give `allow`.
 */
export function decide(assessments: readonly Assessment[], policy: ScanPolicy, now: number): Decision {
  const reasons: Reason[] = [
    ...(assessments.length === 0
      ? [{ kind: 'notAssessable', platform: '', what: 'no platform was scanned' } as const]
      : []),
    ...assessments.flatMap((one) => judge(one, policy, now)),
    ...policy.suppressions
      .filter((one) => hasExpired(one, now))
      .map((suppression) => ({ kind: 'expired', suppression }) as const),
  ];
  const found = assessments.flatMap(({ scan, digest, platform }) =>
    (scan.ok ? scan.findings : []).map((finding) => ({ finding, digest, platform })),
  );
  const secrets = assessments.flatMap(({ scan, digest }) =>
    (scan.ok ? (scan.secrets ?? []) : []).map((secret) => ({ finding: toSuppressible(secret), digest })),
  );
  const accepted = found.flatMap(({ finding, digest, platform }) => {
    const by = acceptedBy(finding, digest, policy, now);
    return by === undefined ? [] : [{ platform, finding, by }];
  });
  const unused = policy.suppressions.filter(
    (one) => ![...found, ...secrets].some(({ finding, digest }) => covers(one, finding, digest)),
  );
  return { verdict: verdictOf(reasons), reasons, accepted, unused };
}

function verdictOf(reasons: readonly Reason[]): Decision['verdict'] {
  if (reasons.length === 0) return 'allow';
  return reasons.every(({ kind }) => kind === 'notAssessable') ? 'notAssessable' : 'block';
}

function judge({ platform, digest, facts, scan }: Assessment, policy: ScanPolicy, now: number): Reason[] {
  const rules = breakRules(facts, policy).map((what) => ({ kind: 'rule', platform, what }) as const);
  if (!scan.ok) return [{ kind: 'error', platform, failures: scan.failures }, ...rules];
  const blocking = scan.findings.filter((finding) => acceptedBy(finding, digest, policy, now) === undefined);
  const gaps = [...listGaps(scan), ...listAge(scan, policy, now)].filter(
    ({ always }) => always || policy.notAssessable === 'block',
  );
  const secrets = (policy.secretsInFiles === 'block' ? (scan.secrets ?? []) : []).filter(
    (secret) =>
      !policy.suppressions.some(
        (one) => covers(one, toSuppressible(secret), digest) && !hasExpired(one, now),
      ),
  );
  return [
    ...secrets.map((one) => ({ kind: 'rule', platform, what: describeSecret(one) }) as const),
    ...gaps.map(({ what }) => ({ kind: 'notAssessable', platform, what }) as const),
    ...blocking.map((finding) => ({ kind: 'finding', platform, finding }) as const),
    ...rules,
  ];
}

function describeSecret({ id, title, path, line, layer }: Secret): string {
  const where =
    path === '/config.json' ? 'in the configuration (ENV, labels or history)' : `in layer ${layer}`;
  return `${path}:${line} contains a secret: ${title} (${id}), ${where}`;
}

function toSuppressible({ id, path }: Secret) {
  return { id, path, package: '' };
}

interface Gap {
  readonly what: string;
  /** Whether it blocks under every policy. */
  readonly always: boolean;
}

function listGaps({ packages, gaps }: Scanned): Gap[] {
  const none = packages > 0 ? [] : ['the scanner recognised no package'];
  return [...none, ...gaps].map((what) => ({ what, always: false }));
}

/** The comparison is written so that NaN counts as too old. */
function listAge({ databaseTime }: Scanned, { maxDatabaseAgeDays }: ScanPolicy, now: number): Gap[] {
  const days = (now - databaseTime) / DAY;
  if (days >= -1 && days <= maxDatabaseAgeDays) return [];
  const age = days < 0 ? 'is from the future' : `is ${Math.floor(days)} days old`;
  return [{ what: `the database ${age}; the policy allows ${maxDatabaseAgeDays} days`, always: true }];
}

/** Why a finding does not block; undefined if it blocks. */
function acceptedBy(finding: Finding, digest: string, policy: ScanPolicy, now: number): string | undefined {
  const suppression = policy.suppressions.find(
    (one) => covers(one, finding, digest) && !hasExpired(one, now),
  );
  if (suppression)
    return `suppressed by ${suppression.owner} until ${suppression.expires}: ${suppression.reason}`;
  if (finding.severity === 'UNKNOWN') {
    return policy.unknownSeverity === 'allow' ? 'the policy allows unknown severities' : undefined;
  }
  const kind = finding.fixed === undefined ? 'unfixable' : 'fixable';
  const threshold = policy[kind];
  if (threshold === 'NEVER') return `the policy allows ${kind} findings`;
  return rank(finding.severity) < rank(threshold)
    ? `below ${threshold}, the threshold for ${kind}`
    : undefined;
}

/** A severity outside of the list ranks highest. */
function rank(severity: Severity): number {
  const at = severities.indexOf(severity as never);
  return at < 0 ? severities.length : at;
}
