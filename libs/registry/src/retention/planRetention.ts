import type { Digest } from '@prism-build/oci';

/** A manifest or an index of a repository. */
export interface StoredManifest {
  readonly digest: Digest;
  /** Tags that people use; those that attach something to a digest are in `subjects`. */
  readonly tags: readonly string[];
  /** The manifests that an index lists. */
  readonly children: readonly Digest[];
  /** What it is attached to: a signature, an attestation or a referrer. */
  readonly subjects: readonly Digest[];
  /** When it was released, in milliseconds since 1970; undefined if nothing says so. */
  readonly time: number | undefined;
}

/** What a repository keeps. One rule that holds is enough. */
export interface RetentionRules {
  /** How many of the newest images. */
  readonly last: number;
  /** Images that were released at this time or later. */
  readonly since: number;
  /** Images with a tag of such a pattern; `*` stands for any text. */
  readonly tags: readonly string[];
  /** Images that somebody needs, and why. */
  readonly digests: ReadonlyMap<string, string>;
}

/** What a repository keeps and may delete. `remove` is in the order in which nothing ever lists what is gone. */
export interface RetentionPlan {
  readonly keep: readonly { readonly manifest: StoredManifest; readonly why: string }[];
  readonly remove: readonly StoredManifest[];
}

/**
 * Divides the manifests of a repository. An image that a rule keeps also keeps what its index lists, and what is attached to any of
 * these. An image of unknown age is kept. What is attached keeps nothing: it goes with the last image that it belongs to.
 */
export function planRetention(manifests: readonly StoredManifest[], rules: RetentionRules): RetentionPlan {
  const why = new Map<Digest, string>();
  const listed = new Set(manifests.flatMap(({ children }) => children));
  const images = manifests.filter(
    ({ digest, tags, subjects }) => tags.length > 0 || (subjects.length === 0 && !listed.has(digest)),
  );
  const newest = new Set([...images].sort((a, b) => (b.time ?? 0) - (a.time ?? 0)).slice(0, rules.last));
  for (const image of images) {
    const reason = reasonFor(image, rules, newest);
    if (reason !== undefined) why.set(image.digest, reason);
  }
  // A child may be named by a receipt without a tag.
  for (const { digest } of manifests) {
    const reason = rules.digests.get(digest);
    if (reason !== undefined && !why.has(digest)) why.set(digest, reason);
  }
  spread(manifests, why);
  return {
    keep: manifests.flatMap((manifest) => {
      const reason = why.get(manifest.digest);
      return reason === undefined ? [] : [{ manifest, why: reason }];
    }),
    remove: inOrder(manifests.filter(({ digest }) => !why.has(digest))),
  };
}

function reasonFor(
  image: StoredManifest,
  { last, since, tags, digests }: RetentionRules,
  newest: ReadonlySet<StoredManifest>,
): string | undefined {
  const named = digests.get(image.digest);
  if (named !== undefined) return named;
  const tag = image.tags.find((one) => tags.some((pattern) => matches(pattern, one)));
  if (tag !== undefined) return `tag ${tag}`;
  if (image.time === undefined) return 'age unknown';
  if (image.time >= since) return 'new';
  return newest.has(image) ? `one of the last ${last}` : undefined;
}

/** Adds what the kept manifests need: children, and what is attached. */
function spread(manifests: readonly StoredManifest[], why: Map<Digest, string>): void {
  const byDigest = new Map(manifests.map((one) => [one.digest, one]));
  const attached = new Map<Digest, StoredManifest[]>();
  for (const one of manifests)
    for (const subject of one.subjects) attached.set(subject, [...(attached.get(subject) ?? []), one]);
  const waiting = [...why.keys()];
  for (let digest = waiting.pop(); digest !== undefined; digest = waiting.pop()) {
    const needed = [
      ...(byDigest.get(digest)?.children ?? []).map((child) => [child, 'part of'] as const),
      ...(attached.get(digest) ?? []).map((one) => [one.digest, 'attached to'] as const),
    ];
    for (const [next, relation] of needed) {
      if (why.has(next) || !byDigest.has(next)) continue;
      why.set(next, `${relation} ${digest}`);
      waiting.push(next);
    }
  }
}

/** Images first, each index before what it lists, and then what was attached to them. */
function inOrder(manifests: readonly StoredManifest[]): StoredManifest[] {
  const byDigest = new Map(manifests.map((one) => [one.digest, one]));
  const done = new Set<Digest>();
  const later: StoredManifest[] = [];
  /** Depth first: what is left last comes first when reversed. */
  const visit = (one: StoredManifest): void => {
    if (done.has(one.digest)) return;
    done.add(one.digest);
    for (const child of one.children) {
      const next = byDigest.get(child);
      if (next) visit(next);
    }
    later.push(one);
  };
  for (const one of manifests) visit(one);
  const order = later.reverse();
  const isAttached = ({ subjects }: StoredManifest) => subjects.length > 0;
  return [...order.filter((one) => !isAttached(one)), ...order.filter(isAttached)];
}

function matches(pattern: string, tag: string): boolean {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(tag);
}
