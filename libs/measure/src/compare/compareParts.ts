import type { Part } from '../report/schema';

/** How the size of something changed between two images; 0 where it is not there. */
export interface Change {
  readonly kind: Part['kind'] | 'path';
  readonly name: string;
  readonly before: number;
  readonly after: number;
  /** Versions, where they are known and differ. */
  readonly versions?: readonly [string | undefined, string | undefined];
}

/** Changes by package: in all layers and programs together, the largest change first. */
export function compareParts(before: readonly Part[], after: readonly Part[]): Change[] {
  const [old, now] = [sumParts(before), sumParts(after)];
  const keys = [...new Set([...old.keys(), ...now.keys()])];
  const changes = keys.flatMap((key): Change[] => {
    const [a, b] = [old.get(key), now.get(key)];
    const { kind, name } = (b ?? a)!;
    const updated = a?.version !== b?.version;
    if (a?.size === b?.size && !updated) return [];
    return [
      {
        ...{ kind, name, before: a?.size ?? 0, after: b?.size ?? 0 },
        ...(updated && { versions: [a?.version, b?.version] as const }),
      },
    ];
  });
  return changes.sort(byChange);
}

/** Changes by path. */
export function compareFiles(
  before: readonly { readonly path: string; readonly size: number }[],
  after: readonly { readonly path: string; readonly size: number }[],
): Change[] {
  const read = (files: typeof before) => new Map(files.map(({ path, size }) => [path, size]));
  const [old, now] = [read(before), read(after)];
  return [...new Set([...old.keys(), ...now.keys()])]
    .flatMap((name): Change[] => {
      const [a, b] = [old.get(name), now.get(name)];
      return a === b ? [] : [{ kind: 'path', name, before: a ?? 0, after: b ?? 0 }];
    })
    .sort(byChange);
}

/** Parts by package, in all layers together. */
export function sumParts(parts: readonly Part[]): Map<string, Part> {
  const sums = new Map<string, Part>();
  for (const part of parts) {
    const key = `${part.kind} ${part.name}`;
    sums.set(key, { ...part, size: (sums.get(key)?.size ?? 0) + part.size });
  }
  return sums;
}

function byChange(a: Change, b: Change): number {
  const size = ({ before, after }: Change) => Math.abs(after - before);
  return size(b) - size(a) || (a.name < b.name ? -1 : 1);
}
