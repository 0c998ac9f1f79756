import type { BenchReport, Part } from '@prism-build/measure';
import { hierarchy, treemap } from 'd3-hierarchy';
import { compare, shownPlatform } from '../components';

type Kind = Part['kind'];

/** A part of an image by kind, name and version, summed over layers and programs. */
interface Sum {
  readonly kind: Kind;
  readonly name: string;
  readonly version?: string;
  readonly size: number;
}

/** A rectangle of the treemap, in units of the chart. */
interface Cell {
  readonly kind: Kind;
  readonly name: string;
  readonly size: number;
  readonly share: number;
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
}

export interface FillingMarks {
  readonly platform: string;
  /** The largest first. */
  readonly kinds: readonly { readonly kind: Kind; readonly size: number; readonly share: number }[];
  readonly cells: readonly Cell[];
}

/** Parts below this share would be specks: each kind has one cell for all of them. */
const SMALLEST_SHARE = 0.008;

/** Parts of an image, the largest first. */
export function sumParts(parts: readonly Part[]): Sum[] {
  const sums = new Map<string, Sum>();
  for (const { kind, name, version, size } of parts) {
    const key = JSON.stringify([kind, name, version]);
    const before = sums.get(key)?.size ?? 0;
    sums.set(key, { kind, name, ...(version !== undefined && { version }), size: before + size });
  }
  return [...sums.values()].sort((a, b) => b.size - a.size || compare(a.name, b.name));
}

/** What fills an image as a treemap of `width` by `height`; undefined if the report does not tell. */
export function fillingMarks(report: BenchReport, width: number, height: number): FillingMarks | undefined {
  const { platform, parts = [] } = shownPlatform(report);
  const sums = sumParts(parts).filter(({ size }) => size > 0);
  const total = sums.reduce((sum, { size }) => sum + size, 0);
  if (total === 0) return undefined;
  const names = [...new Set(sums.map(({ kind }) => kind))];
  const groups = names.map((kind) => {
    const own = sums.filter((sum) => sum.kind === kind);
    return { kind, size: own.reduce((sum, { size }) => sum + size, 0), children: joinSmall(own, total) };
  });
  groups.sort((a, b) => b.size - a.size);
  const root = hierarchy<Node>({ children: groups }).sum(({ size, children }) =>
    children ? 0 : (size ?? 0),
  );
  const layout = treemap<Node>()
    .size([width, height])
    .paddingInner(({ depth }) => (depth === 0 ? 3 : 1))
    .round(true);
  const cells = layout(root)
    .leaves()
    .map(({ data, x0, y0, x1, y1 }) => {
      const { kind, name, size } = data as Sum;
      return { kind, name, size, share: size / total, x1: x0, y1: y0, x2: x1, y2: y1 };
    });
  return { platform, kinds: groups.map(({ kind, size }) => ({ kind, size, share: size / total })), cells };
}

interface Node {
  readonly kind?: Kind;
  readonly name?: string;
  readonly size?: number;
  readonly children?: readonly Node[];
}

/** The parts of one kind, with those too small to see as one. */
function joinSmall(parts: readonly Sum[], total: number): Sum[] {
  const large = parts.filter(({ size }) => size / total >= SMALLEST_SHARE);
  const small = parts.slice(large.length);
  const [first] = small;
  if (!first) return large;
  if (small.length === 1) return [...large, first];
  const size = small.reduce((sum, one) => sum + one.size, 0);
  return [...large, { kind: first.kind, name: `${small.length} smaller`, size }];
}
