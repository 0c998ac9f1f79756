import type { Finding } from './assessment';
import type { Reason } from './decide';
import { type Severity, severities } from './scanPolicy';

/** Findings that one change fixes: all of one package at one path. */
export interface FindingGroup {
  readonly package: string;
  readonly installed: string;
  readonly kind: string;
  readonly path: string;
  readonly ids: readonly string[];
  readonly worst: Severity;
  readonly platforms: readonly string[];
  /** The lowest version that fixes all fixable findings; undefined if none has a known fix. */
  readonly fixedIn: string | undefined;
  /** Findings of the group without a known fix. */
  readonly unfixable: readonly string[];
}

/** The blocking findings, grouped by the change that fixes them, the most severe first. */
export function groupFindings(reasons: readonly Reason[]): FindingGroup[] {
  const found = reasons.flatMap((reason) => (reason.kind === 'finding' ? [reason] : []));
  const groups = new Map<string, typeof found>();
  for (const reason of found) {
    const { package: name, installed, kind, path } = reason.finding;
    const key = JSON.stringify([name, installed, kind, path]);
    groups.set(key, [...(groups.get(key) ?? []), reason]);
  }
  return [...groups.values()]
    .map((group) => {
      const all = group.map(({ finding }) => finding);
      const { package: name, installed, kind, path } = all[0]!;
      const worst = all.map(({ severity }) => severity).sort((a, b) => rank(b) - rank(a))[0]!;
      const fixes = all.flatMap((one) => nearestFix(one) ?? []).sort(compareVersions);
      return {
        ...{ package: name, installed, kind, path, worst, fixedIn: fixes.at(-1) },
        ids: distinct(all.map(({ id }) => id)).sort(),
        platforms: distinct(group.map(({ platform }) => platform)),
        unfixable: distinct(all.filter(({ fixed }) => fixed === undefined).map(({ id }) => id)).sort(),
      };
    })
    .sort((a, b) => rank(b.worst) - rank(a.worst) || (a.package < b.package ? -1 : 1));
}

/** Of the versions that an advisory lists (`1.21.9, 1.22.2`), the lowest above the installed one. */
function nearestFix({ fixed, installed }: Finding): string | undefined {
  const listed = fixed?.split(/,\s*/).sort(compareVersions) ?? [];
  return listed.find((one) => compareVersions(one, installed) > 0) ?? listed.at(-1);
}

/** Compares numbers by value and everything else as text: enough to choose the version to show. */
function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((one) => one.replace(/^v/, '').split(/[.+~:-]/)) as [string[], string[]];
  for (const [index, part] of left.entries()) {
    const other = right[index] ?? '0';
    const difference = Number(part) - Number(other);
    if (difference) return difference;
    if (Number.isNaN(difference) && part !== other) return part < other ? -1 : 1;
  }
  return left.length - right.length;
}

function rank(severity: Severity): number {
  return severity === 'UNKNOWN' ? -1 : severities.indexOf(severity);
}

function distinct<T>(list: readonly T[]): T[] {
  return [...new Set(list)];
}
