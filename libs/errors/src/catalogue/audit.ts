import { defineCatalogue } from '../define';

/** Failures of the audit log. */
export const auditFailure = defineCatalogue({
  AUDIT_DAMAGED: {
    remedy:
      'Run `npx nx g prism:audit`, which lists every fault. Keep the damaged directory, find out who changed it, and restore the log from a backup.',
  },
});
