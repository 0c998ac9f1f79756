import { type Fingerprint, isSame, parentOf, placeOf } from '@prism-build/workspace';

/** The paths of traces, each once and with a number; parent directories come first. */
export class NumberedPaths {
  readonly paths: string[] = [];
  /** The number of the directory above each; -1: there is none. */
  readonly above: number[] = [];
  private readonly seen: (Fingerprint | undefined)[] = [];
  private readonly numbers = new Map<string, number>();

  /** The number of a path; undefined if another fingerprint was recorded for it before. */
  add(path: string, fingerprint: Fingerprint): number | undefined {
    const number = this.numberOf(path);
    const known = this.seen[number] ?? fingerprint;
    this.seen[number] = known;
    return isSame(known, fingerprint) ? number : undefined;
  }

  /** Three numbers for each path. Those of a directory that is only a parent are meaningless. */
  fingerprints(): Float64Array {
    const numbers = new Float64Array(3 * this.paths.length);
    for (const [number, fingerprint] of this.seen.entries()) {
      if (!fingerprint) continue;
      numbers[3 * number] = fingerprint.inode;
      numbers[3 * number + 1] = fingerprint.size;
      numbers[3 * number + 2] = fingerprint.changed;
    }
    return numbers;
  }

  private numberOf(path: string): number {
    const known = this.numbers.get(path);
    if (known !== undefined) return known;
    const above = path === '' ? -1 : this.numberOf(parentOf(placeOf(path)));
    const number = this.paths.push(path) - 1;
    this.above.push(above);
    this.numbers.set(path, number);
    return number;
  }
}
