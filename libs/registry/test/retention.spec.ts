import type { Digest } from '@prism-build/oci';
import { planRetention, type RetentionRules, type StoredManifest } from '@prism-build/registry';
import * as fc from 'fast-check';

const digestOf = (name: number | string): Digest => `sha256:${String(name).padStart(64, '0')}`;
const rules = (more: Partial<RetentionRules> = {}): RetentionRules => ({
  ...{ last: 0, since: 100, tags: [], digests: new Map() },
  ...more,
});
const manifest = (name: number | string, more: Partial<StoredManifest> = {}): StoredManifest => ({
  ...{ digest: digestOf(name), tags: [], children: [], subjects: [], time: undefined },
  ...more,
});
const removed = (manifests: readonly StoredManifest[], by = rules()) =>
  planRetention(manifests, by).remove.map(({ digest }) => digest);

const image = (name: number, tags: string[], time: number | undefined) => [
  manifest(name, { tags, time, children: [digestOf(name + 1)] }),
  manifest(name + 1),
  manifest(name + 2, { subjects: [digestOf(name)] }),
  manifest(name + 3, { subjects: [digestOf(name + 1)] }),
];

test('an old image goes with its parts and what is attached to them, in an order without gaps', () => {
  const gone = removed([...image(10, ['old'], 1), ...image(20, ['new'], 100)]);
  expect(gone.slice(0, 2)).toEqual([digestOf(10), digestOf(11)]);
  expect(gone.slice(2).sort()).toEqual([digestOf(12), digestOf(13)]);
});

test.each<[string, Partial<RetentionRules>, number | undefined]>([
  ['tag', { tags: ['ol*'] }, 1],
  ['number', { last: 1 }, 1],
  ['age', { since: 1 }, 1],
  ['unknown age', {}, undefined],
  ['receipt', { digests: new Map([[digestOf(10), 'receipt']]) }, 1],
])('%s keeps an image whole', (_, more, time) => {
  expect(removed(image(10, ['old'], time), rules(more))).toEqual([]);
});

test('a part that two images share, and one with a tag of its own, stay', () => {
  const shared = manifest(1);
  const old = manifest(2, { tags: ['old'], time: 1, children: [digestOf(1), digestOf(4)] });
  const kept = manifest(3, { tags: ['new'], time: 100, children: [digestOf(1)] });
  const tagged = manifest(4, { tags: ['amd64'], time: 100 });
  expect(removed([shared, old, kept, tagged])).toEqual([digestOf(2)]);
});

test('patterns are no regular expressions', () => {
  const tags = ['v1.2', 'v1x2', 'v1.2.3'];
  const manifests = tags.map((tag, at) => manifest(at, { tags: [tag], time: 1 }));
  expect(removed(manifests, rules({ tags: ['v1.2*'] }))).toEqual([digestOf(1)]);
});

/** Graphs with cycles, shared parts, attachments of attachments, and links to what does not exist. */
const graphs = fc.integer({ min: 1, max: 14 }).chain((size) => {
  const links = fc
    .uniqueArray(fc.integer({ min: 0, max: size }), { maxLength: 3 })
    .map((to) => to.map(digestOf));
  const one = fc.record({
    tags: fc.subarray(['latest', 'v1', 'x', 'y'], { maxLength: 2 }),
    children: fc.oneof({ weight: 2, arbitrary: fc.constant<Digest[]>([]) }, links),
    subjects: fc.oneof({ weight: 2, arbitrary: fc.constant<Digest[]>([]) }, links),
    time: fc.option(fc.integer({ min: 0, max: 20 }), { nil: undefined }),
  });
  return fc
    .array(one, { minLength: size, maxLength: size })
    .map((list) => list.map((more, at) => manifest(at, more)));
});
const someRules = fc.record({
  last: fc.integer({ min: 0, max: 3 }),
  since: fc.integer({ min: 0, max: 21 }),
  tags: fc.subarray(['latest', 'v*']),
  digests: fc.subarray([0, 1, 2]).map((names) => new Map(names.map((name) => [digestOf(name), 'receipt']))),
});

/** Independent of the implementation: grows the set of what is needed until nothing changes. */
function needed(manifests: readonly StoredManifest[], { last, since, tags, digests }: RetentionRules) {
  const isPart = ({ digest }: StoredManifest) => manifests.some(({ children }) => children.includes(digest));
  const images = manifests.filter(
    (one) => one.tags.length > 0 || (one.subjects.length === 0 && !isPart(one)),
  );
  const isNewest = (one: StoredManifest) => images.filter((other) => other.time! > one.time!).length < last;
  const found = new Set<Digest>(
    [...digests.keys()].filter((digest) => manifests.some((one) => one.digest === digest)) as Digest[],
  );
  for (const one of images) {
    const named = one.tags.some(
      (tag) => (tag === 'latest' && tags.includes('latest')) || (tag === 'v1' && tags.includes('v*')),
    );
    if (named || one.time === undefined || one.time >= since) found.add(one.digest);
  }
  const sure = new Set(found);
  const grow = () => {
    for (let before = -1; before !== found.size; ) {
      before = found.size;
      for (const one of manifests) {
        const parts = found.has(one.digest) ? one.children : [];
        for (const digest of parts) if (manifests.some((other) => other.digest === digest)) found.add(digest);
        if (one.subjects.some((subject) => found.has(subject))) found.add(one.digest);
      }
    }
    return found;
  };
  return { found: grow(), sure, isNewest, images };
}

test('nothing that is needed may go, and everything else does', () => {
  fc.assert(
    fc.property(graphs, someRules, (manifests, given) => {
      const plan = planRetention(manifests, given);
      const gone = new Set(plan.remove.map(({ digest }) => digest));
      const kept = new Set(plan.keep.map(({ manifest: { digest } }) => digest));
      expect([...gone].filter((digest) => kept.has(digest))).toEqual([]);
      expect(gone.size + kept.size).toBe(manifests.length);
      const { found, images, isNewest } = needed(manifests, given);
      for (const digest of found) expect(gone.has(digest)).toBe(false);
      // Those of the number rule: at most as many as the rule says, and the newest.
      const extra = images.filter((one) => kept.has(one.digest) && !found.has(one.digest));
      for (const one of extra) expect(isNewest(one) || isReached(one, manifests, kept)).toBe(true);
      if (given.last === 0) expect([...kept].sort()).toEqual([...found].sort());
      // What is kept is whole.
      for (const { manifest: one } of plan.keep)
        for (const child of one.children) expect(gone.has(child)).toBe(false);
      for (const { subjects, digest } of manifests)
        if (subjects.some((subject) => kept.has(subject))) expect(kept.has(digest)).toBe(true);
    }),
    { numRuns: 400 },
  );
});

function isReached(
  one: StoredManifest,
  manifests: readonly StoredManifest[],
  kept: ReadonlySet<Digest>,
): boolean {
  return (
    one.subjects.some((subject) => kept.has(subject)) ||
    manifests.some(({ digest, children }) => kept.has(digest) && children.includes(one.digest))
  );
}

test('without cycles, no index is left that lists what is gone', () => {
  const acyclic = graphs.map((manifests) =>
    manifests.map((one, at) => ({ ...one, children: one.children.filter((child) => child < digestOf(at)) })),
  );
  fc.assert(
    fc.property(acyclic, someRules, (manifests, given) => {
      const { remove } = planRetention(manifests, given);
      const attached = remove.findIndex(({ subjects }) => subjects.length > 0);
      const images = attached < 0 ? remove : remove.slice(0, attached);
      images.forEach(({ digest }, at) => {
        for (const later of images.slice(at + 1)) expect(later.children).not.toContain(digest);
      });
    }),
  );
});
