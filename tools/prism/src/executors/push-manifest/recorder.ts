import type { AuditEntry, ChainEnd } from '@prism-build/audit';
import type { Result } from '@prism-build/errors';
import type { PushPlan } from '@prism-build/registry';
import { listCauses, recordAudit } from '../../nx/recordAudit';

/** Records what happened to the image of a push; the causes are those of `result`. */
export type RecordEvent = (
  event: AuditEntry['event'],
  outcome: AuditEntry['outcome'],
  result: Result<unknown>,
  more?: Readonly<Record<string, string>>,
) => Promise<Result<ChainEnd>>;

export function recorderOf(root: string, { image, index, destination, tags }: PushPlan): RecordEvent {
  return (event, outcome, result, more) => {
    const details = {
      registry: destination.registry,
      repository: destination.repository,
      tags: tags.map(({ name }) => name).join(' '),
      ...more,
    };
    const causes = result.ok ? [] : listCauses(result.failures);
    return recordAudit(root, [
      { event, subject: { name: image, digest: index.digest }, outcome, causes, details },
    ]);
  };
}
