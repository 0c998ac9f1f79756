import type { Keep } from './keep';

/** A blob of the store; `usedAt` is when it was written, milliseconds since 1970. */
export interface StoredBlob {
  readonly hex: string;
  readonly size: number;
  readonly usedAt: number;
}

/** What was assembled before: a build that finds it again needs its blobs. */
export interface Memo {
  readonly file: string;
  /** When it was made or found again. */
  readonly usedAt: number;
  readonly index: string;
  /** Without one of these it finds nothing. */
  readonly own: readonly string[];
  /** Layers of bases too: those of a registry are fetched anew where they are gone. */
  readonly blobs: readonly string[];
  readonly diffIDs: readonly string[];
}

export interface StoreFacts {
  readonly now: number;
  readonly blobs: readonly StoredBlob[];
  readonly memos: readonly Memo[];
  /** What the images under dist/images name, layers of bases included. */
  readonly named: ReadonlySet<string>;
}

export interface StorePlan {
  readonly blobs: readonly StoredBlob[];
  readonly memos: readonly Memo[];
  readonly keptMemos: readonly Memo[];
  readonly keptBytes: number;
}

/** Milliseconds in which nothing is touched: a build that runs may need what it has just made or found. */
export const grace = 3_600_000;

/**
 * What of the store can go. Pure. What an image under dist names stays, and so does what is younger than `grace`;
 * of the rest the last used stays, as long as it is within what is to be kept.
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
    // One is enough to find an image that is there; with a blob missing it finds none.
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
