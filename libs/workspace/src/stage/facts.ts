import { readTextIfThere, writeFileAtomic } from '@prism-build/shell';

/** What was said of files, each with the signature that it was said for. */
export interface Facts {
  readonly get: (path: string, kind: string, signature: string) => unknown;
  /** @param changed when the file last changed, in milliseconds since 1970 */
  readonly set: (path: string, kind: string, signature: string, changed: number, value: unknown) => void;
}

export const noFacts: Facts = { get: () => undefined, set: () => {} };

interface Known {
  readonly signature: string;
  readonly kinds: Record<string, unknown>;
}

interface KeptFacts extends Facts {
  /**
   * Writes what this run asked for, if it differs from what was there.
   *
   * @param holds whether a file that nobody asked for has a signature still
   */
  readonly save: (holds: (path: string, signature: string) => boolean) => void;
}

/** File systems tell times in steps: what changed a moment ago may change again and look the same. */
export const settled = 100;

/**
 * Facts that outlive the process, in one file, read when the first is asked for.
 *
 * @param place of the file
 * @param identity of the parsers: what others said is forgotten
 */
export function keepFacts(place: () => string, identity: () => string): KeptFacts {
  let before: Map<string, Known> | undefined;
  const used = new Map<string, Known>();
  let fresh = false;
  const known = (path: string): Known | undefined => {
    before ??= readFacts(place, identity());
    return used.get(path) ?? before.get(path);
  };
  return {
    get: (path, kind, signature) => {
      const one = known(path);
      if (one?.signature !== signature) return undefined;
      used.set(path, one);
      return one.kinds[kind];
    },
    set: (path, kind, signature, changed, value) => {
      if (Date.now() - changed < settled) return;
      const one = known(path);
      const kinds = one?.signature === signature ? { ...one.kinds, [kind]: value } : { [kind]: value };
      used.set(path, { signature, kinds });
      fresh = true;
    },
    save: (holds) => {
      if (!fresh) return;
      const others = [...before!].filter(
        ([path, { signature }]) => !used.has(path) && holds(path, signature),
      );
      try {
        const files = Object.fromEntries([...others, ...used]);
        writeFileAtomic(place(), JSON.stringify({ version: identity(), files }));
      } catch {
        // A place that cannot be written to: the next run reads the sources again.
      }
    },
  };
}

function readFacts(place: () => string, version: string): Map<string, Known> {
  try {
    const text = readTextIfThere(place());
    const read = text === undefined ? undefined : (JSON.parse(text) as { version: string; files: object });
    return new Map(read?.version === version ? Object.entries(read.files) : []);
  } catch {
    return new Map();
  }
}
