import type { Keep } from './keep';

/** A blob of the store; `usedAt` is when it was written, milliseconds since 1970. */
export interface StoredBlob {
  readonly hex: string;
  readonly size: number;
  readonly usedAt: number;
}

/** A memo of an image. A build that uses it needs its blobs. */
export interface Memo {
  readonly file: string;
  /** When it was made or found again. */
  readonly usedAt: number;
  readonly index: string;
  /** Blobs without which the memo cannot be used. */
  readonly own: readonly string[];
  /** Includes layers of bases; missing ones of a registry are fetched again. */
  readonly blobs: readonly string[];
  readonly diffIDs: readonly string[];
}

export interface StoreFacts {
  readonly now: number;
  readonly blobs: readonly StoredBlob[];
  readonly memos: readonly Memo[];
  /** Blobs of the images under dist/images, including layers of bases. */
  readonly named: ReadonlySet<string>;
}

export interface StorePlan {
  readonly blobs: readonly StoredBlob[];
  readonly memos: readonly Memo[];
  readonly keptMemos: readonly Memo[];
  readonly keptBytes: number;
}

/** Milliseconds during which new files are kept: a running build may need them. */
export const grace = 3_600_000;

/**
 * Plans which blobs and memos to remove. Pure. Keeps everything that an image under dist names, and everything younger than
 * `grace`; of the rest, keeps the most recently used within the limit.
 */
export function planStore({ now, blobs, memos, named }: StoreFacts, keep: Keep): StorePlan {
  const sizes = new Map(blobs.map(({ hex, size }) => [hex, size]));
  const isYoung = (usedAt: number) => now - usedAt < grace;
  const kept = new Set(
    blobs.filter(({ hex, usedAt }) => named.has(hex) || isYoung(usedAt)).map(({ hex }) => hex),
  );
  const sum = (hexes: Iterable<string>) => [...hexes].reduce((all, hex) => all + (sizes.get(hex) ?? 0), 0);
  let keptBytes = sum(kept);
  const offer = (usedAt: number, hexes: readonly string[]): boolean => {
    const more = [...new Set(hexes)].filter((hex) => !kept.has(hex));
    const fits = 'bytes' in keep ? keptBytes + sum(more) <= keep.bytes : now - usedAt <= keep.milliseconds;
    if (!fits && !isYoung(usedAt)) return false;
    for (const hex of more) kept.add(hex);
    keptBytes += sum(more);
    return true;
  };
  const keptMemos: Memo[] = [];
  const images = new Set<string>();
  const remembered = new Set(memos.flatMap((memo) => memo.blobs));
  const candidates = [
    ...memos.map((memo) => ({ ...memo, memo })),
    ...blobs
      .filter(({ hex }) => !remembered.has(hex))
      .map(({ hex, usedAt }) => ({ usedAt, blobs: [hex], memo: undefined })),
  ].sort((a, b) => b.usedAt - a.usedAt);
  for (const { memo, usedAt, blobs: hexes } of candidates) {
    // One memo for each image is enough; a memo with a missing blob is useless.
    const needless = memo && (images.has(memo.index) || !memo.own.every((hex) => sizes.has(hex)));
    if (needless && !isYoung(usedAt)) continue;
    const free = memo !== undefined && hexes.every((hex) => named.has(hex));
    if (!free && !offer(usedAt, hexes)) continue;
    if (!memo) continue;
    images.add(memo.index);
    keptMemos.push(memo);
  }
  return {
    blobs: blobs.filter(({ hex }) => !kept.has(hex)),
    memos: memos.filter((memo) => !keptMemos.includes(memo)),
    keptMemos,
    keptBytes,
  };
}
