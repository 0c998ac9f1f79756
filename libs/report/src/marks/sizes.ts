import { type Component, compare, isOver, labelOf, shownPlatform } from '../components';

/** One image of the ladder. Bytes, uncompressed unless named otherwise. */
interface Rung {
  readonly image: string;
  readonly label: string;
  readonly base: number;
  readonly size: number;
  readonly compressed: number;
  readonly limit?: number;
  readonly over: boolean;
}

export interface SizeMarks {
  readonly platform: string;
  /** The largest first. */
  readonly rungs: readonly Rung[];
}

/** The size ladder of a project: its images, the part that comes from a base, and their budgets. */
export function sizeMarks({ images }: Component): SizeMarks {
  const rungs = images.map((report) => {
    const { platform, size, uncompressedSize, layers } = shownPlatform(report);
    const budget = report.budgets.find(
      (one) => one.name === 'maxSize' && (one.platform ?? platform) === platform,
    );
    const fromBase = layers.filter(({ base }) => base !== undefined);
    return {
      image: report.image,
      label: labelOf(report),
      base: fromBase.reduce((sum, layer) => sum + layer.uncompressedSize, 0),
      size: uncompressedSize,
      compressed: size,
      ...(budget && { limit: budget.limit }),
      over: budget !== undefined && isOver(budget),
    };
  });
  return {
    platform: shownPlatform(images[0]).platform,
    rungs: rungs.sort((a, b) => b.size - a.size || compare(a.image, b.image)),
  };
}
