import type { AuditEntry } from '@prism-build/audit';
import type { decide } from '@prism-build/policy';
import { listCauses } from '../../nx/recordAudit';

type Decision = ReturnType<typeof decide>;

/** The record of a decision about an image. */
export function toAuditEntry(name: string, digest: string, { verdict, reasons }: Decision): AuditEntry {
  return {
    event: 'scan',
    subject: { name, digest },
    outcome: verdict === 'allow' ? 'allowed' : 'refused',
    causes: [...new Set(reasons.flatMap(describeReason))],
  };
}

function describeReason(reason: Decision['reasons'][number]): string[] {
  switch (reason.kind) {
    case 'error':
      return listCauses(reason.failures);
    case 'notAssessable':
      return [`not assessable: ${reason.what}`];
    case 'finding':
      return [`${reason.finding.id} in ${reason.finding.package} ${reason.finding.installed}: ${reason.why}`];
    case 'rule':
      return [`${reason.violation.rule}: ${reason.violation.what}`];
    case 'expired':
      return [`the suppression of ${reason.suppression.ids.join(', ')} expired`];
  }
}
