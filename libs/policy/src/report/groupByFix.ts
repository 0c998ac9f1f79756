import { rankSeverity, type Severity } from '../severity';
import type { ReportFinding } from './schema';

/** Findings that one change fixes. */
export interface FixGroup {
  /** The change: a command where there is one. */
  readonly fix: string;
  readonly worst: Severity;
  readonly packages: readonly {
    readonly package: string;
    readonly installed: string;
    readonly fixedIn: string | undefined;
  }[];
  /** Where the packages come from: `file:line` in the workspace, else paths in the image. */
  readonly origins: readonly string[];
  readonly platforms: readonly string[];
  readonly findings: readonly ReportFinding[];
}

/** The findings, grouped by the change that fixes them, the most severe first. Without a known fix: by package. */
export function groupByFix(findings: readonly ReportFinding[]): FixGroup[] {
  const groups = new Map<string, ReportFinding[]>();
  for (const one of findings) {
    const key = one.fixedIn === undefined ? `${one.fix}\n${one.package}\n${one.installed}` : one.fix;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()]
    .map((group) => ({
      fix: group[0]!.fix,
      worst: group.map(({ severity }) => severity).sort((a, b) => rank(b) - rank(a))[0]!,
      packages: distinctBy(
        group.map(({ package: name, installed, fixedIn }) => ({ package: name, installed, fixedIn })),
        ({ package: name, installed }) => `${name} ${installed}`,
      ),
      origins: distinct(group.map(printOrigin)),
      platforms: distinct(group.flatMap(({ platforms }) => platforms)),
      findings: group,
    }))
    .sort((a, b) => rank(b.worst) - rank(a.worst) || (a.fix < b.fix ? -1 : 1));
}

function printOrigin({ origin, path }: ReportFinding): string {
  return origin ? `${origin.file}:${origin.line}` : `/${path.replace(/^\//, '')} (in the image)`;
}

/** UNKNOWN is shown last; the policy decides by itself. */
function rank(severity: Severity): number {
  return severity === 'UNKNOWN' ? -1 : rankSeverity(severity);
}

function distinct(list: readonly string[]): string[] {
  return [...new Set(list)];
}

function distinctBy<T>(list: readonly T[], key: (one: T) => string): T[] {
  return [...new Map(list.map((one) => [key(one), one])).values()];
}
