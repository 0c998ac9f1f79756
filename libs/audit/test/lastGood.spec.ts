import { type AuditRecord, findLastGood, listNamed } from '@prism-build/audit';

const place = { registry: 'r.example', repository: 'team/api', tag: 'latest' };
let sequence = 0;

function record(event: AuditRecord['event'], digest: string, more: Partial<AuditRecord> = {}): AuditRecord {
  sequence += 1;
  return {
    ...{ version: 1, sequence, previous: '', time: '2026-01-01T00:00:00.000Z', actor: 'a', event },
    ...{ subject: { name: 'api', digest }, outcome: 'done', causes: [] },
    details: { registry: place.registry, repository: place.repository, tags: 'v1 latest' },
    ...more,
  };
}
const rollback = (digest: string, before: string) =>
  record('rollback', digest, {
    details: { registry: place.registry, repository: place.repository, tags: 'latest', before },
  });
const lastGood = (records: readonly AuditRecord[], current: string) =>
  findLastGood(listNamed(records, place), current)?.digest;

test('the image before the one that the tag names now', () => {
  expect(lastGood([record('push', 'a'), record('promote', 'b')], 'b')).toBe('a');
  expect(lastGood([record('push', 'a'), record('push', 'b'), record('push', 'b')], 'b')).toBe('a');
  expect(lastGood([record('push', 'a')], 'a')).toBeUndefined();
  // Another machine moved the tag: the last one of this log is the one before.
  expect(lastGood([record('push', 'a')], 'z')).toBe('a');
});

test('failures, other tags, other repositories and other events move no tag', () => {
  const others = [
    record('push', 'x', { outcome: 'failed' }),
    record('gate', 'x', { outcome: 'allowed' }),
    record('push', 'x', { details: { ...place, tags: 'latest-debug' } }),
    record('push', 'x', { details: { ...place, repository: 'team/web', tags: 'latest' } }),
    record('push', 'x', { details: { ...place, registry: 'other.example', tags: 'latest' } }),
  ];
  expect(lastGood([record('push', 'a'), ...others, record('push', 'b')], 'b')).toBe('a');
});

test('images that were rolled back are not good, until the tag is moved to them again', () => {
  const before = [record('push', 'a'), record('push', 'b'), record('push', 'c')];
  expect(lastGood([...before, rollback('b', 'c')], 'b')).toBe('a');
  expect(lastGood([...before, rollback('b', 'c'), rollback('a', 'b')], 'a')).toBeUndefined();
  expect(lastGood([...before, rollback('b', 'c'), record('push', 'd')], 'd')).toBe('b');
  expect(lastGood([...before, rollback('b', 'c'), record('push', 'c'), record('push', 'd')], 'd')).toBe('c');
});
