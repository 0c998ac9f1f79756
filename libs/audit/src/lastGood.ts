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

/** When each image of a repository was released last, in milliseconds since 1970, and the tags that are on record. */
export function listReleases(
  records: readonly AuditRecord[],
  place: Omit<TagPlace, 'tag'>,
): { readonly times: ReadonlyMap<string, number>; readonly tags: ReadonlySet<string> } {
  const here = records.filter((record) => isMove(record) && isAt(record, place));
  return {
    times: new Map(
      here.flatMap(({ subject, time }) => (subject.digest ? [[subject.digest, Date.parse(time)]] : [])),
    ),
    tags: new Set(here.flatMap(({ details }) => details?.tags?.split(' ') ?? [])),
  };
}

function isMove({ event, outcome }: AuditRecord): boolean {
  return moves.includes(event) && outcome === 'done';
}

function isAt({ details }: AuditRecord, { registry, repository }: Omit<TagPlace, 'tag'>): boolean {
  return details?.registry === registry && details.repository === repository;
}

/** The images that a tag named, in the order of the records. */
export function listNamed(records: readonly AuditRecord[], place: TagPlace): Named[] {
  return records.flatMap((record) => {
    const { digest } = record.subject;
    const moved =
      isMove(record) && isAt(record, place) && record.details?.tags?.split(' ').includes(place.tag);
    return moved && digest !== undefined ? [{ digest, record }] : [];
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
