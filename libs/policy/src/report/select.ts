import { type FixGroup, groupByFix } from './groupByFix';
import type { FindingChange, ReportFinding, ScanReport } from './schema';
import { changeKey } from './since';

/** The parts of a report that people read, in their order. */
export interface Selected {
  readonly groups: readonly FixGroup[];
  /** Everything else that blocks, one sentence each. */
  readonly others: readonly string[];
  readonly notes: readonly string[];
  readonly gone: readonly FindingChange[];
}

/** What blocks, grouped by fix, and what does not block but should be known. With `since`: findings that are new. */
export function selectParts(report: ScanReport): Selected {
  const { findings, violations, errors, notAssessable, expired, unused, since } = report;
  const added = since && new Set(since.added.map(changeKey));
  const blocking = findings.filter((one) => one.state === 'blocks');
  const shown = added ? blocking.filter((one) => added.has(changeKey(one))) : blocking;
  const hidden = blocking.length - shown.length;
  return {
    groups: groupByFix(shown),
    others: [
      ...errors.map(printError),
      ...notAssessable.map(({ what }) => `not assessable: ${what}`),
      ...violations
        .filter(({ state }) => state === 'blocks')
        .map(({ rule, what }) => `rule ${rule}: ${what}`),
      ...expired.map(
        ({ ids, owner, until, at }) =>
          `${at.file}:${at.line ?? 1}: the suppression of ${ids[0]}${owner === undefined ? '' : ` by ${owner}`} ended on ${until?.slice(0, 10)}: fix the finding or renew the entry`,
      ),
    ],
    notes: [
      ...(hidden > 0 ? [`${hidden} more block, and did so in the earlier scan`] : []),
      ...shortList(
        violations.filter(({ state }) => state === 'warns').map(({ rule, what }) => `${rule}: ${what}`),
      ),
      ...findings
        .filter(({ state }) => state === 'warns')
        .map(
          ({ id, package: name, installed, why }) => `${id} in ${name} ${installed} does not block: ${why}`,
        ),
      ...unused.map(
        ({ ids, at }) =>
          `${at.file}:${at.line ?? 1}: the suppression of ${ids[0]} matches nothing; remove it`,
      ),
    ],
    gone: since?.gone ?? [],
  };
}

function printError({ code, what, why, remedy, at }: ScanReport['errors'][number]): string {
  const place = at ? `${at.file}${at.line === undefined ? '' : `:${at.line}`}: ` : '';
  const cause = why ? `\n  cause: ${why.replaceAll('\n', '\n  ')}` : '';
  return `${place}${code}: ${what}${cause}\n  to do: ${remedy}`;
}

/** An image with a shell may have hundreds of commands. */
function shortList(list: readonly string[]): string[] {
  const most = 10;
  return list.length <= most
    ? [...list]
    : [...list.slice(0, most), `${list.length - most} more warnings of rules`];
}

/** How a finding's data about exploitation is shown: `EPSS 0.94, exploited`; empty if there is none. */
export function printExploitation(findings: readonly ReportFinding[]): string {
  const epss = Math.max(...findings.map((one) => one.epss ?? -1));
  return [
    ...(epss >= 0 ? [`EPSS ${epss}`] : []),
    ...(findings.some((one) => one.knownExploited) ? ['known to be exploited'] : []),
  ].join(', ');
}

export const verdictWords = {
  allow: 'allowed',
  block: 'blocked',
  notAssessable: 'not assessable, blocked',
} as const;

/** How many findings do not block; empty if there are none. */
export function countAccepted({ findings }: ScanReport): string {
  const of = (state: ReportFinding['state']) => findings.filter((one) => one.state === state).length;
  const [accepted, suppressed] = [of('accepted'), of('suppressed')];
  return [
    ...(accepted > 0 ? [`findings accepted: ${accepted}`] : []),
    ...(suppressed > 0 ? [`suppressed: ${suppressed}`] : []),
  ].join(', ');
}
