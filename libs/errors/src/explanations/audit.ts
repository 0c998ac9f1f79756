import type { auditFailure } from '../catalogue/audit';
import type { Explanations } from './explanation';

export const auditExplanations: Explanations<typeof auditFailure> = {
  AUDIT_DAMAGED: {
    means:
      'The audit log is not what was written: a record was changed, removed or added, or the end is missing. Nothing is added to a damaged log.',
    causes: [
      'A file of the log was edited or removed.',
      'Only a part of a backup was restored, or one that is older than head.json.',
      'Two machines wrote to copies of one log.',
    ],
    example: {
      what: 'record 7 was changed: its digest is not the one in record 8',
      at: { file: 'audit-000000000001.jsonl', line: 7 },
    },
  },
};
