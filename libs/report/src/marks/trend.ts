import type { BenchReport } from '@prism-build/measure';
import { compare, shownPlatform } from '../components';
import type { Figures } from '../history';

interface Point {
  /** Position from the oldest, 0. */
  readonly at: number;
  readonly commit: string;
  readonly time: string;
  readonly value: number;
}

export interface TrendMarks {
  readonly what: 'size' | 'start';
  readonly points: readonly Point[];
  /** Only if it is near enough to leave the changes visible. */
  readonly limit?: number;
}

/** A budget farther from the largest value than this would flatten the line. */
const NEAR = 1.5;

/** The last `most` commits of an image: its size, and its start as a multiple of the floor, of one machine. */
export function trendMarks(report: BenchReport, history: readonly Figures[], most = 60): TrendMarks[] {
  const { platform } = shownPlatform(report);
  const own = history
    .filter((one) => one.image === report.image && one.platform === platform)
    .sort((a, b) => compare(new Date(a.time).toISOString(), new Date(b.time).toISOString()));
  const latest = new Map(own.map((one) => [one.commit, one]));
  const sizes = toPoints([...latest.values()], most, ({ size }) => size);
  // Ratios of different machines differ, too: a trend is of the machine that was measured last.
  const host = report.start?.host.fingerprint ?? own.findLast((one) => one.host !== undefined)?.host;
  const started = own.filter((one) => one.host !== undefined && one.host === host);
  const starts = toPoints(started, most, ({ ready, floor }) => (ready && floor ? ready / floor : undefined));
  return [
    mark('size', sizes, limitOf(report, 'maxSize', 'bytes')),
    mark('start', starts, startLimit(report)),
  ].flat();
}

function toPoints(lines: readonly Figures[], most: number, read: (line: Figures) => number | undefined) {
  const known = lines.flatMap((line) => {
    const value = read(line);
    return value === undefined ? [] : [{ commit: line.commit, time: line.time, value }];
  });
  return known.slice(-most).map((point, at) => ({ at, ...point }));
}

/** One commit is no trend. */
function mark(what: TrendMarks['what'], points: readonly Point[], limit: number | undefined): TrendMarks[] {
  if (points.length < 2) return [];
  const near = limit !== undefined && limit <= NEAR * Math.max(...points.map(({ value }) => value));
  return [{ what, points, ...(near && { limit }) }];
}

const limitOf = ({ budgets }: BenchReport, name: string, unit: string) =>
  budgets.find((budget) => budget.name === name && budget.unit === unit)?.limit;

const startLimit = (report: BenchReport) => limitOf(report, 'maxStartup', 'ratio');
