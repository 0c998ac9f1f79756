import type { Failure } from './failure';

const PLATFORM = /\blinux\/[a-z0-9]+(?:\/v\d+)?\b/g;

/**
 * Failures without repetitions, in their order. Failures that differ only in the platform that they name become one that
 * names all platforms.
 */
export function distinctFailures(failures: readonly Failure[]): Failure[] {
  const groups = new Map<string, Failure[]>();
  for (const failure of failures) {
    const key = JSON.stringify(failure).replace(PLATFORM, 'platform');
    groups.set(key, [...(groups.get(key) ?? []), failure]);
  }
  return [...groups.values()].map(join);
}

function join(same: readonly Failure[]): Failure {
  const first = same[0]!;
  const named = [...new Set(same.flatMap(({ what }) => what.match(PLATFORM) ?? []))];
  // A failure that names several platforms already distinguishes them.
  const single = same.every(({ what }) => new Set(what.match(PLATFORM)).size === 1);
  if (named.length < 2) return first;
  if (!single) return { ...first, what: [...new Set(same.map(({ what }) => what))].join('; ') };
  const all = `${named.slice(0, -1).join(', ')} and ${named.at(-1)}`;
  return { ...first, what: first.what.replace(PLATFORM, all) };
}
