import type { BenchReport, JudgedBudget, PlatformSizes, StartSide } from '@prism-build/measure';

/** A project with the reports of its images: the default first, then variants by name. */
export interface Component {
  readonly project: string;
  readonly images: readonly [BenchReport, ...BenchReport[]];
}

export function groupComponents(reports: readonly BenchReport[]): Component[] {
  const byProject = new Map<string, [BenchReport, ...BenchReport[]]>();
  const rank = ({ variant }: BenchReport) => variant ?? '';
  for (const report of [...reports].sort((a, b) => compare(rank(a), rank(b)))) {
    const images = byProject.get(report.project);
    if (images) images.push(report);
    else byProject.set(report.project, [report]);
  }
  return [...byProject]
    .map(([project, images]) => ({ project, images }))
    .sort((a, b) => compare(a.project, b.project));
}

/** The platform that charts show: the one that was started, else the first. */
export function shownPlatform({ start, platforms }: BenchReport): PlatformSizes {
  return platforms.find(({ platform }) => platform === start?.platform) ?? platforms[0]!;
}

/** What a chart calls an image among those of its project: its variant, else what it starts from. */
export function labelOf(report: BenchReport): string {
  return report.variant ?? baseOf(report) ?? 'scratch';
}

const baseOf = (report: BenchReport) => shownPlatform(report).layers.findLast(({ base }) => base)?.base;

/** The side whose time counts first: without an engine, as budgets do. */
export function mainSide({ start }: BenchReport): StartSide | undefined {
  return start?.sides.find(({ where }) => where === 'bare') ?? start?.sides[0];
}

/** Time to ready above the floor, in milliseconds. */
export const startTime = ({ ready, floor }: StartSide): number => Math.max(0, ready.median - floor.median);

export const isOver = ({ verdict }: JudgedBudget): boolean => verdict === 'over';

/** By code points, equal on every machine. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
