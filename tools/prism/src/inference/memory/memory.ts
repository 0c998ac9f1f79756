import { readTextIfThere, writeFileAtomic } from '@prism-build/shell';
import {
  absoluteIn,
  aspects,
  type Files,
  isSameIn,
  type Looked,
  lookAt,
  nowhere,
  placeOf,
  type Trace,
} from '@prism-build/workspace';
import type { ProjectReads } from '../read/reads';
import { NumberedPlaces } from './numberedPlaces';
import { decodeLooks, encodeLooks, isAmong, lookAmong } from './numbers';

/** The result of an earlier run for a component. */
export interface MemoryEntry {
  readonly reads: ProjectReads;
  /** For everything that it read, the index of the place times the number of aspects, plus the index of the aspect. */
  readonly trace: readonly number[];
}

/** Results of an earlier run. A place that several components read, or in several aspects, is looked at once. */
export interface Memory {
  readonly places: readonly string[];
  /** The index of the parent directory of each place; -1: none. */
  readonly above: readonly number[];
  /** How each place looked. */
  readonly looks: Float64Array;
  readonly projects: ReadonlyMap<string, MemoryEntry>;
}

/** A component as this run read it. */
export interface Fresh {
  readonly reads: ProjectReads;
  readonly fresh: Trace;
}

const nothing: Memory = { places: [], above: [], looks: new Float64Array(), projects: new Map() };

/**
 * Parsed every time, also in the daemon: parts of it become parts of projects, which Nx may change.
 *
 * @param version everything besides files that affects the results
 */
export function readMemory(place: string, version: string): Memory {
  try {
    const text = readTextIfThere(place);
    const read = text === undefined ? undefined : (JSON.parse(text) as Written);
    if (read?.version !== version) return nothing;
    const { places, above, projects } = read;
    return { places, above, looks: decodeLooks(read.looks), projects: new Map(Object.entries(projects)) };
  } catch {
    return nothing;
  }
}

export function writeMemory(place: string, version: string, memory: Memory): void {
  const projects = Object.fromEntries(memory.projects);
  const written: Written = { version, ...memory, looks: encodeLooks(memory.looks), projects };
  try {
    writeFileAtomic(place, JSON.stringify(written));
  } catch {
    // The directory is not writable: the next run reads everything again.
  }
}

interface Written extends Pick<Memory, 'places' | 'above'> {
  readonly version: string;
  readonly looks: string;
  readonly projects: Readonly<Record<string, MemoryEntry>>;
}

/** The places that a whole inference depends on, as a memory has them. */
export interface NumberedTrace extends Pick<Memory, 'places' | 'above' | 'looks'> {
  readonly trace: readonly number[];
}

/** A memory compared with the workspace. */
export interface Compared {
  /** Whether a number of a trace stands for something unchanged. */
  readonly holds: (traced: number) => boolean;
  /** How a place looks now, by its index. */
  readonly look: (index: number) => Looked;
}

/** Looks at each place of a memory at most once. Uses indexes instead of a map, because every nx command checks thousands. */
export function compareWith({ places, above, looks }: Memory | NumberedTrace, root: string): Compared {
  const looked: Looked[] = [];
  const asItWas: boolean[] = [];
  const look = (index: number): Looked => {
    const known = looked[index];
    if (known) return known;
    const parent = above[index]!;
    // If a parent changed, for example a link, the path may be another file with equal times.
    const directory = parent < 0 ? undefined : look(parent);
    const within = directory === undefined || directory.kind === 'directory';
    const found = within ? lookAt(absoluteIn(root, places[index]!), directory) : nowhere;
    looked[index] = found;
    return found;
  };
  const holds = (traced: number): boolean => {
    const index = Math.floor(traced / aspects.length);
    asItWas[index] ??= isAmong(looks, index, look(index));
    return (
      asItWas[index] || isSameIn(aspects[traced % aspects.length]!, look(index), lookAmong(looks, index))
    );
  };
  return { holds, look };
}

/** @param projects of this run: those that are unchanged from `before`, and those that were read */
export function makeMemory(
  before: Memory,
  { look }: Compared,
  projects: ReadonlyMap<string, MemoryEntry | Fresh>,
  files: Files,
): Memory {
  const numbered = new NumberedPlaces();
  const known = new Map<string, MemoryEntry>();
  const add = (name: string, reads: ProjectReads, trace: readonly (number | undefined)[]): void => {
    // The file changed during this run: components that read it earlier are read again by the next run.
    if (trace.every((one) => one !== undefined)) known.set(name, { reads, trace });
  };
  for (const [name, one] of projects)
    if ('fresh' in one)
      add(
        name,
        one.reads,
        one.fresh.map((path) => numbered.add(path, files.look(placeOf(path)))),
      );
  const again = addAgain(numbered, before, look);
  for (const [name, one] of projects) if ('trace' in one) add(name, one.reads, one.trace.map(again));
  const { places, above } = numbered;
  return { places, above, looks: numbered.looks(), projects: known };
}

/** Adds what a number of an earlier trace stands for, as it looks now. */
function addAgain(numbered: NumberedPlaces, { places }: Memory, look: Compared['look']) {
  return (traced: number): number | undefined => {
    const index = Math.floor(traced / aspects.length);
    return numbered.addAspect(places[index]!, traced % aspects.length, look(index));
  };
}

/**
 * All traces of a run as one; undefined if a file changed meanwhile.
 *
 * @param entries of this run; all are unchanged from `before`
 * @param rest what was read besides them
 */
export function joinTraces(
  before: Memory,
  { look }: Compared,
  entries: Iterable<MemoryEntry>,
  rest: Trace,
  files: Files,
): NumberedTrace | undefined {
  const numbered = new NumberedPlaces();
  const distinct = new Set([...entries].flatMap(({ trace }) => trace));
  const trace = [
    ...[...distinct].map(addAgain(numbered, before, look)),
    ...rest.map((path) => numbered.add(path, files.look(placeOf(path)))),
  ];
  const { places, above } = numbered;
  if (!trace.every((one) => one !== undefined)) return undefined;
  return { places, above, looks: numbered.looks(), trace: [...new Set(trace)] };
}
