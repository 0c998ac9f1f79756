import type { Assessment } from '../assessment';
import type { Decision, Reason } from '../decide';
import type { ScanPolicy } from '../policy/scanPolicy';
import type { Violation } from '../rules/imageRules';
import type { Suppression } from '../suppressions/suppression';
import { adviseFix } from './adviseFix';
import { findOrigin, type LockFile } from './origin';
import type { ReportFinding, ReportSuppression, ReportViolation, ScanReport } from './schema';
import { compareVersions, nearestFix } from './versions';

interface UsedDatabase {
  readonly digest: string;
  /** Milliseconds since 1970. */
  readonly time: number;
}

/** What a report says beside the decision. */
export interface ReportInput {
  readonly image: string;
  readonly project: string;
  readonly containerfile: string;
  readonly assessments: readonly Assessment[];
  readonly decision: Decision;
  readonly policy: ScanPolicy;
  readonly scanner: string;
  readonly database: UsedDatabase;
  readonly second?: { readonly scanner: string; readonly database: UsedDatabase } | undefined;
  /** Files of the workspace that findings may come from, the project's own first. */
  readonly locks: readonly LockFile[];
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** A decision with what people need to act on it: each finding once, with its origin and its fix. */
export function makeReport(input: ReportInput): ScanReport {
  const { image, project, containerfile, assessments, decision, scanner, database, second, now } = input;
  const pick = <K extends Reason['kind']>(kind: K) =>
    decision.reasons.flatMap((one) => (one.kind === kind ? [one as Extract<Reason, { kind: K }>] : []));
  const errors = pick('error').flatMap(({ platform, failures }) =>
    failures.map(({ code, what, why, remedy, at }) => ({
      value: dropUndefined({ code, what, why, remedy, at: at && dropUndefined(at) }),
      platform,
    })),
  );
  const gaps = pick('notAssessable').map(({ platform, what }) => ({ value: { what }, platform }));
  return dropUndefined({
    version: 2 as const,
    image,
    project,
    digest: assessments[0]?.digest,
    containerfile,
    time: new Date(now).toISOString(),
    verdict: decision.verdict,
    scanner,
    database: printDatabase(database),
    second: second && { scanner: second.scanner, database: printDatabase(second.database) },
    findings: listFindings(input),
    violations: listViolations(decision),
    errors: joinPlatforms(errors),
    notAssessable: joinPlatforms(gaps),
    expired: pick('expired').map(({ suppression }) => printSuppression(suppression)),
    unused: decision.unused.map(printSuppression),
    policy: printPolicy(input.policy),
  });
}

function printDatabase({ digest, time }: UsedDatabase): ScanReport['database'] {
  return { digest, time: new Date(time).toISOString() };
}

/** A policy as JSON. */
export function printPolicy(policy: ScanPolicy): Record<string, unknown> {
  return { ...policy, suppressions: policy.suppressions.map(printSuppression) };
}

function listFindings({ decision, locks }: ReportInput): ReportFinding[] {
  const blocking = decision.reasons.flatMap((one) =>
    one.kind === 'finding' ? [{ ...one, state: 'blocks' as const }] : [],
  );
  const accepted = decision.accepted.map(({ platform, finding, by, suppressed, warns }) => ({
    ...{ platform, finding, why: by },
    state: suppressed ? ('suppressed' as const) : warns ? ('warns' as const) : ('accepted' as const),
  }));
  const all = [...blocking, ...accepted];
  const fixes = new Map<string, string>();
  for (const { finding } of all) {
    const fix = nearestFix(finding.fixed, finding.installed);
    const known = fixes.get(keyOf(finding));
    if (fix !== undefined && (known === undefined || compareVersions(fix, known) > 0))
      fixes.set(keyOf(finding), fix);
  }
  return joinPlatforms(
    all.map(({ platform, finding, why, state }) => {
      const origin = findOrigin(finding, locks);
      // A finding without a fix is not fixed by the update for the others.
      const fixedIn = finding.fixed === undefined ? undefined : fixes.get(keyOf(finding));
      const fix = adviseFix({ ...finding, fixedIn, origin });
      return { platform, value: dropUndefined({ ...finding, fixedIn, state, why, origin, fix }) };
    }),
  );
}

function keyOf(one: { readonly package: string; readonly installed: string; readonly kind: string }): string {
  return JSON.stringify([one.package, one.installed, one.kind]);
}

function listViolations({ reasons, warnings }: Decision): ReportViolation[] {
  const print = ({ rule, what, path, package: name }: Violation) => ({ rule, what, path, package: name });
  return joinPlatforms<Omit<ReportViolation, 'platforms'>>([
    ...reasons.flatMap((one) =>
      one.kind === 'rule'
        ? [
            {
              platform: one.platform,
              value: dropUndefined({ ...print(one.violation), state: 'blocks' as const }),
            },
          ]
        : [],
    ),
    ...warnings.map(({ platform, violation, by }) => ({
      platform,
      value: dropUndefined({
        ...print(violation),
        state: by === undefined ? ('warns' as const) : ('suppressed' as const),
        why: by,
      }),
    })),
  ]);
}

/** Equal values of several platforms become one. */
function joinPlatforms<T extends object>(
  list: readonly { readonly value: T; readonly platform: string }[],
): (T & { platforms: string[] })[] {
  const joined = new Map<string, { value: T; platforms: Set<string> }>();
  for (const { value, platform } of list) {
    const key = JSON.stringify(value);
    const known = joined.get(key) ?? { value, platforms: new Set() };
    known.platforms.add(platform);
    joined.set(key, known);
  }
  return [...joined.values()].map(({ value, platforms }) => ({ ...value, platforms: [...platforms] }));
}

function printSuppression({ until, at, ids, ...rest }: Suppression): ReportSuppression {
  return dropUndefined({
    ...rest,
    ids: [...ids],
    until: until === undefined ? undefined : new Date(until).toISOString(),
    at: dropUndefined(at),
  });
}

function dropUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as T;
}
