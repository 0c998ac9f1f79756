import { isSame, parentOf, placeOf, type Signature } from '@prism-build/workspace';

/** The paths of witnesses, each once and with a number; parent directories come first. */
export class NumberedPaths {
  readonly paths: string[] = [];
  /** The number of the directory above each; -1: there is none. */
  readonly above: number[] = [];
  private readonly seen: (Signature | undefined)[] = [];
  private readonly numbers = new Map<string, number>();

  /** The number of a path; undefined if another signature was recorded for it before. */
  add(path: string, signature: Signature): number | undefined {
    const number = this.numberOf(path);
    const known = this.seen[number] ?? signature;
    this.seen[number] = known;
    return isSame(known, signature) ? number : undefined;
  }

  /** Three numbers for each path. Those of a directory that is only a parent are meaningless. */
  signatures(): Float64Array {
    const numbers = new Float64Array(3 * this.paths.length);
    for (const [number, signature] of this.seen.entries()) {
      if (!signature) continue;
      numbers[3 * number] = signature.inode;
      numbers[3 * number + 1] = signature.size;
      numbers[3 * number + 2] = signature.changed;
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
