import type { Finding } from './assessment';
import type { ScanPolicy } from './policy/scanPolicy';
import { rankSeverity } from './severity';
import { covers, hasExpired } from './suppressions/covers';
import type { Suppression } from './suppressions/suppression';

/** Whether a finding blocks, and why, or why not. */
export interface Judgement {
  readonly blocks: boolean;
  readonly why: string;
  /** Whether it is shown although it does not block. */
  readonly warns?: boolean;
  /** The suppression that accepts it. */
  readonly suppression?: Suppression | undefined;
}

const DAY = 24 * 3600 * 1000;

/** Judges a finding in an image with these digests. `now`: milliseconds since 1970. */
export function judgeFinding(
  finding: Finding,
  digests: readonly string[],
  policy: ScanPolicy,
  now: number,
): Judgement {
  const suppression = policy.suppressions.find(
    (one) => !hasExpired(one, now) && covers(one, { ...finding, ids: idsOf(finding) }, digests),
  );
  if (suppression) return { blocks: false, why: describeSuppression(suppression), suppression };
  const exploited = judgeExploitation(finding, policy);
  if (exploited) return exploited;
  const bySeverity = judgeSeverity(finding, policy);
  if (!bySeverity.blocks) return bySeverity;
  return judgeGrace(finding, policy, now) ?? judgeReachability(finding, policy) ?? bySeverity;
}

/** All names of a finding. */
export function idsOf({ id, aliases = [] }: Finding): string[] {
  return [id, ...aliases];
}

/** Undefined unless the policy says that code which is not called only warns, and this code is provably not called. */
function judgeReachability({ reachability }: Finding, { unreachable }: ScanPolicy): Judgement | undefined {
  return unreachable === 'warn' && reachability?.state === 'notCalled'
    ? { blocks: false, warns: true, why: 'the program does not contain the vulnerable code' }
    : undefined;
}

/** Undefined if data about exploitation decides nothing. */
function judgeExploitation(finding: Finding, policy: ScanPolicy): Judgement | undefined {
  if (finding.knownExploited === true && policy.knownExploited === 'block')
    return { blocks: true, why: 'it is known to be exploited' };
  // A threshold of 1 is the default and means none, since no probability reaches it.
  if (finding.epss !== undefined && finding.epss >= policy.epss)
    return { blocks: true, why: `its EPSS probability is ${finding.epss}, the threshold is ${policy.epss}` };
  return undefined;
}

function judgeSeverity({ severity, fixed }: Finding, policy: ScanPolicy): Judgement {
  if (severity === 'UNKNOWN')
    return policy.unknownSeverity === 'allow'
      ? { blocks: false, why: 'the policy allows unknown severities' }
      : { blocks: true, why: 'the database has no severity for it' };
  const kind = fixed === undefined ? 'unfixable' : 'fixable';
  const threshold = policy[kind];
  if (threshold === 'NEVER') return { blocks: false, why: `the policy allows ${kind} findings` };
  return rankSeverity(severity) < rankSeverity(threshold)
    ? { blocks: false, why: `below ${threshold}, the threshold for ${kind}` }
    : { blocks: true, why: `at or above ${threshold}, the threshold for ${kind}` };
}

/** A fixable finding with a recent advisory. An unknown time of publication, and one in the future, count as old. */
function judgeGrace(
  { severity, fixed, published }: Finding,
  policy: ScanPolicy,
  now: number,
): Judgement | undefined {
  const grace = policy.graceDays[severity] ?? 0;
  if (fixed === undefined || published === undefined) return undefined;
  const age = (now - Date.parse(published)) / DAY;
  if (!(age >= 0 && age < grace)) return undefined;
  const until = new Date(Date.parse(published) + grace * DAY).toISOString().slice(0, 10);
  return { blocks: false, why: `published ${Math.floor(age)} days ago; blocks from ${until}` };
}

export function describeSuppression({ owner, reason, until, at }: Suppression): string {
  const end = until === undefined ? '' : ` until ${new Date(until - 1).toISOString().slice(0, 10)}`;
  return `suppressed${owner === undefined ? '' : ` by ${owner}`}${end}: ${reason} (${at.file}:${at.line ?? 1})`;
}
