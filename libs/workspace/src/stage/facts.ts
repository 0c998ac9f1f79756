import { readTextIfThere, writeFileAtomic } from '@prism-build/shell';

/** Facts derived from files, each with the fingerprint of its file. */
export interface Facts {
  readonly get: (path: string, kind: string, fingerprint: string) => unknown;
  /** @param changed when the file last changed, in milliseconds since 1970 */
  readonly set: (path: string, kind: string, fingerprint: string, changed: number, value: unknown) => void;
}

export const noFacts: Facts = { get: () => undefined, set: () => {} };

interface FileFacts {
  readonly fingerprint: string;
  readonly kinds: Record<string, unknown>;
}

interface SavedFacts extends Facts {
  /**
   * Writes the facts that this run used, and others that are still valid. Does nothing without a new fact.
   *
   * @param holds whether a file that this run did not use still has a fingerprint
   */
  readonly save: (holds: (path: string, fingerprint: string) => boolean) => void;
}

/** Milliseconds. File systems have coarse clocks: a file that changed more recently may change again with the same time. */
export const settled = 100;

/**
 * Opens facts of earlier processes. They are in one file, which is read when the first fact is needed.
 *
 * @param place path of the file
 * @param identity of the parsers; facts of another identity are dropped
 */
export function openFacts(place: () => string, identity: () => string): SavedFacts {
  let before: Map<string, FileFacts> | undefined;
  const used = new Map<string, FileFacts>();
  let fresh = false;
  const known = (path: string): FileFacts | undefined => {
    before ??= readFacts(place, identity());
    return used.get(path) ?? before.get(path);
  };
  return {
    get: (path, kind, fingerprint) => {
      const one = known(path);
      if (one?.fingerprint !== fingerprint) return undefined;
      used.set(path, one);
      return one.kinds[kind];
    },
    set: (path, kind, fingerprint, changed, value) => {
      if (Date.now() - changed < settled) return;
      const one = known(path);
      const kinds = one?.fingerprint === fingerprint ? { ...one.kinds, [kind]: value } : { [kind]: value };
      used.set(path, { fingerprint, kinds });
      fresh = true;
    },
    save: (holds) => {
      if (!fresh) return;
      const others = [...before!].filter(
        ([path, { fingerprint }]) => !used.has(path) && holds(path, fingerprint),
      );
      try {
        const files = Object.fromEntries([...others, ...used]);
        writeFileAtomic(place(), JSON.stringify({ version: identity(), files }));
      } catch {
        // If the file cannot be written, the next run reads the sources again.
      }
    },
  };
}

/** Kinds of facts that every inference needs. They are about few and small files. */
const usual = new Set(['targets', 'compose', 'bake', 'submodules']);

/** Divides facts between two files. The long one, about sources, is not read while no component has changed. */
export function divideFacts(often: SavedFacts, others: SavedFacts): SavedFacts {
  const of = (kind: string) => (usual.has(kind) ? often : others);
  return {
    get: (path, kind, fingerprint) => of(kind).get(path, kind, fingerprint),
    set: (path, kind, ...rest) => of(kind).set(path, kind, ...rest),
    save: (holds) => {
      often.save(holds);
      others.save(holds);
    },
  };
}

function readFacts(place: () => string, version: string): Map<string, FileFacts> {
  try {
    const text = readTextIfThere(place());
    const read = text === undefined ? undefined : (JSON.parse(text) as { version: string; files: object });
    return new Map(read?.version === version ? Object.entries(read.files) : []);
  } catch {
    return new Map();
  }
}
