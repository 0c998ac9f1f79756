import { renderFailure } from '@prism-build/errors';
import { adviseFix, type Decision, groupFindings } from '@prism-build/policy';
import { formatTable } from '../../summary/table';

const words = { allow: 'allowed', block: 'blocked', notAssessable: 'not assessable, blocked' } as const;

/** A decision for a terminal: the verdict, a table of what to fix, and everything else that blocks. */
export function printDecision(name: string, decision: Decision): string {
  const groups = groupFindings(decision.reasons);
  const rows = groups.map((group) => [
    `${group.worst} ${group.package}`,
    group.installed,
    group.fixedIn ?? '-',
    `${group.path} (${group.kind})`,
    adviseFix(group),
  ]);
  const header = ['what', 'installed', 'fixed in', 'where', 'how to fix'];
  const table =
    rows.length > 0
      ? formatTable([header, ...rows], [])
          .trimEnd()
          .split('\n')
      : [];
  // The advisories are listed below their row, so an update that fixes nine is one row.
  const lines = table.flatMap((line, index) => {
    const group = groups[index - 1];
    return group ? [line, `    ${group.ids.join(' ')}`] : [line];
  });
  const accepted = decision.accepted.length;
  return [
    `${name}: ${words[decision.verdict]}${accepted > 0 ? ` (findings accepted: ${accepted})` : ''}`,
    ...lines.map((line) => `  ${line}`),
    ...listOthers(decision).map((line) => `  ${line}`),
    '',
  ].join('\n');
}

function listOthers({ reasons, unused }: Decision): string[] {
  const others = reasons.flatMap((reason) => {
    if (reason.kind === 'error') return reason.failures.flatMap((one) => renderFailure(one).split('\n'));
    if (reason.kind === 'notAssessable') return [`not assessable: ${reason.what}`];
    if (reason.kind === 'rule') return [`rule: ${reason.what}`];
    if (reason.kind === 'finding') return [];
    const { id, owner, expires } = reason.suppression;
    return [`suppression of ${id} by ${owner} expired after ${expires}: fix the finding or renew the entry`];
  });
  return [
    ...new Set(others),
    ...unused.map(
      ({ id, owner }) => `note: the suppression of ${id} by ${owner} matches no finding; remove it`,
    ),
  ];
}
