import type { auditFailure } from '../catalogue/audit';
import type { Explanations } from './explanation';

export const auditExplanations: Explanations<typeof auditFailure> = {
  AUDIT_DAMAGED: {
    means:
      'The audit log is not what was written: a record was changed, removed or added, or the end is missing. Nothing is added to a damaged log.',
    causes: [
      'A file of the log was edited or removed.',
      'A backup was restored that is older than head.json, or a part of it.',
      'Two machines write to copies of one log.',
    ],
    example: {
      what: 'record 7 was changed: its digest is not the one in record 8',
      at: { file: 'audit-000000000001.jsonl', line: 7 },
    },
  },
};
