import type { AuditRecord } from './record';

/** A tag of a repository. */
export interface TagPlace {
  readonly registry: string;
  readonly repository: string;
  readonly tag: string;
}

/** What a tag named, and the record that says so. */
export interface Named {
  readonly digest: string;
  readonly record: AuditRecord;
}

/** Events that move tags; each of them comes after a gate that allowed it. */
const moves: readonly AuditRecord['event'][] = ['push', 'promote', 'rollback'];

/** The images that a tag named, in the order of the records. */
export function listNamed(records: readonly AuditRecord[], { registry, repository, tag }: TagPlace): Named[] {
  return records.flatMap((record) => {
    const { event, outcome, subject, details } = record;
    const isHere = details?.registry === registry && details.repository === repository;
    const moved = moves.includes(event) && outcome === 'done' && details?.tags?.split(' ').includes(tag);
    return isHere && moved && subject.digest !== undefined ? [{ digest: subject.digest, record }] : [];
  });
}

/**
 * The last image that a tag named before the one that it names now. Images that a roll-back left behind are bad, until the tag
 * is moved to them again. Undefined if there is none.
 */
export function findLastGood(named: readonly Named[], current: string): Named | undefined {
  const bad = new Set([current]);
  for (let at = named.length - 1; at >= 0; at--) {
    const one = named[at]!;
    if (!bad.has(one.digest)) return one;
    const left = one.record.event === 'rollback' ? one.record.details?.before : undefined;
    if (left !== undefined) bad.add(left);
  }
  return undefined;
}
