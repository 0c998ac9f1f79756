import type { AuditEntry } from '@prism-build/audit';
import type { StepReport } from '@prism-build/builder';
import type { Result } from '@prism-build/errors';
import { imageKey } from '@prism-build/workspace';
import { listCauses } from '../../nx/recordAudit';

/** The record of an image step. */
export function toAuditEntry(
  project: string,
  variant: string | undefined,
  done: Result<StepReport>,
): AuditEntry {
  const name = imageKey(project, variant);
  if (!done.ok) {
    return { event: 'build', subject: { name }, outcome: 'failed', causes: listCauses(done.failures) };
  }
  const { digest } = done.value;
  const subject = { name, ...(digest !== undefined && { digest }) };
  return { event: 'build', subject, outcome: 'done', causes: [] };
}
