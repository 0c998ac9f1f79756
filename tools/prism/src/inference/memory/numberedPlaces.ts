import { parentOf } from '@prism-build/containerfile';
import { aspects, isSameIn, type Looked, placeOf } from '@prism-build/workspace';
import { toNumbers } from './numbers';

/** The places of traces, each once and with a number; parent directories come first. */
export class NumberedPlaces {
  readonly places: string[] = [];
  /** The number of the directory above each; -1: there is none. */
  readonly above: number[] = [];
  private readonly seen: (Looked | undefined)[] = [];
  private readonly numbers = new Map<string, number>();

  /** The number of a path of a trace; undefined if what it stands for was recorded differently before. */
  add(path: string, looked: Looked): number | undefined {
    const place = placeOf(path);
    return this.addAspect(place, aspects.indexOf(path.slice(place.length)), looked);
  }

  /** @param aspect its index in `aspects` */
  addAspect(place: string, aspect: number, looked: Looked): number | undefined {
    const number = this.numberOf(place);
    const known = this.seen[number] ?? looked;
    this.seen[number] = known;
    return isSameIn(aspects[aspect]!, known, looked) ? number * aspects.length + aspect : undefined;
  }

  /** The looks at all places. Those of a directory that is only a parent are meaningless. */
  looks(): Float64Array {
    return toNumbers(this.places.map((_, number) => this.seen[number]));
  }

  private numberOf(place: string): number {
    const known = this.numbers.get(place);
    if (known !== undefined) return known;
    const above = place === '' ? -1 : this.numberOf(parentOf(place));
    const number = this.places.push(place) - 1;
    this.above.push(above);
    this.numbers.set(place, number);
    return number;
  }
}
