import { userInfo } from 'node:os';
import { type AuditEntry, actorOf, appendRecords, type ChainEnd } from '@prism-build/audit';
import { type Failure, ok, type Result } from '@prism-build/errors';
import { directoriesOf } from '@prism-build/workspace';

/** Adds records to the audit log of a workspace; returns the last one, for receipts. */
export function recordAudit(root: string, entries: readonly AuditEntry[]): Promise<Result<ChainEnd>> {
  const actor = actorOf(process.env, userName());
  return appendRecords(directoriesOf(root, process.env).audit, entries, { actor, now: () => new Date() });
}

/** The causes that a record of these failures names. */
export function listCauses(failures: readonly Failure[]): string[] {
  return failures.map(({ code, what }) => `${code}: ${what}`);
}

/** Writes the records of one process. */
export interface AuditWriter {
  readonly add: (entry: AuditEntry) => void;
  /** Waits until everything is on disk; the first failure, if there was one. */
  readonly end: () => Promise<Result<undefined>>;
}

/** Records that come at nearly the same time are written together: a write waits for the disk. */
export function openAuditWriter(root: string): AuditWriter {
  const waiting: AuditEntry[] = [];
  const write = async (before: Result<undefined>): Promise<Result<undefined>> => {
    const entries = waiting.splice(0);
    if (!before.ok || entries.length === 0) return before;
    const written = await recordAudit(root, entries);
    return written.ok ? before : written;
  };
  /** Waits until a turn of the event loop brings no more records. */
  const arrive = async (before: Result<undefined>): Promise<Result<undefined>> => {
    for (let count = 0; count < waiting.length; ) {
      count = waiting.length;
      await new Promise(setImmediate);
    }
    return before;
  };
  let writing: Promise<Result<undefined>> = Promise.resolve(ok(undefined));
  return {
    add: (entry) => {
      waiting.push(entry);
      writing = writing.then(arrive).then(write);
    },
    end: () => writing,
  };
}

/** Containers may run as a user without a name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? 'unknown');
  }
}
