import { type AuditEntry, type AuditRecord, verifyLog } from '@prism-build/audit';
import { failed, ok, type Result } from '@prism-build/errors';
import { type History, type Move, type RecordedMove, replay, type State, states } from '@prism-build/stack';
import { recordAudit } from '../nx/recordAudit';
import type { StackProject } from '../stack/openStack';

/** The moves of a stack in the audit log. Its user holds the lock of the stack. */
export interface Journal {
  readonly history: () => History;
  /** Puts moves on record, all or none; they are on disk when it returns. */
  readonly add: (moves: readonly Move[]) => Promise<Result<void>>;
}

type Project = Pick<StackProject, 'project' | 'owner' | 'directories'>;

/** Failures: those of reading the log; AUDIT_DAMAGED, because a changed log is no reason to start anything. */
export async function openJournal(project: Project): Promise<Result<Journal>> {
  const moves: RecordedMove[] = [];
  const log = await verifyLog(project.directories.audit, [], (record) => {
    const move = toMove(record, project.owner);
    if (move) moves.push(move);
  });
  if (!log.ok) return log;
  if (log.value.failures.length > 0) return failed(...log.value.failures);
  return ok({
    history: () => replay(moves),
    add: async (added) => {
      const recorded = await recordAudit(
        project.directories.root,
        added.map((move) => toEntry(move, project)),
      );
      if (!recorded.ok) return recorded;
      // Who and when is for readers of the log.
      moves.push(...added.map((move) => ({ ...move, actor: '', time: '' })));
      return ok(undefined);
    },
  });
}

function toEntry(
  { deployment, from, to, release, images, cause }: Move,
  { project, owner }: Project,
): AuditEntry {
  return {
    event: 'transition',
    subject: { name: project, digest: release },
    outcome: to === 'FAILED' ? 'failed' : 'done',
    causes: [cause],
    details: { owner, deployment: String(deployment), from, to, images: images.join(' ') },
  };
}

function toMove(
  { event, subject, causes, details, actor, time }: AuditRecord,
  owner: string,
): RecordedMove | undefined {
  if (event !== 'transition' || details?.owner !== owner) return undefined;
  const [from, to] = [toState(details.from), toState(details.to)];
  const deployment = Number(details.deployment);
  if (!from || !to || !Number.isInteger(deployment)) return undefined;
  const images = (details.images ?? '').split(' ').filter((one) => one !== '');
  return {
    deployment,
    from,
    to,
    release: subject.digest ?? '',
    images,
    cause: causes.join('; '),
    actor,
    time,
  };
}

function toState(text: string | undefined): State | undefined {
  return states.find((one) => one === text);
}
