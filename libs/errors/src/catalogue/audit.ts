import { defineCatalogue } from '../define';

/** Failures of the audit log. */
export const auditFailure = defineCatalogue({
  AUDIT_DAMAGED: {
    remedy:
      'Keep the directory as it is, find out who changed it, and restore it from a copy; `npx nx g prism:audit --verify` lists every fault.',
  },
});
