import { readTextIfThere, writeFileAtomic } from '@prism-build/shell';
import type { Files, Signature, Witness } from '../../workspace/stage/files';
import type { ProjectReads } from '../read/reads';

/** A component as an earlier run read it, with the places in `paths` of all that was seen. */
export interface Known {
  readonly reads: ProjectReads;
  readonly witness: readonly number[];
}

/** What an earlier run read. Files that several components saw stand in it once, and are looked at once. */
export interface Memory {
  readonly paths: readonly string[];
  /** Three numbers for each path. */
  readonly signatures: Float64Array;
  readonly projects: ReadonlyMap<string, Known>;
}

/** A component as this run read it. */
export interface Fresh {
  readonly reads: ProjectReads;
  readonly witness: Witness;
}

const nothing: Memory = { paths: [], signatures: new Float64Array(), projects: new Map() };

/**
 * Parsed anew every time, also in a daemon: parts of it become parts of projects, and whose those are then is Nx's to say.
 *
 * @param version whatever decides what is read of files, besides files
 */
export function readMemory(place: string, version: string): Memory {
  try {
    const text = readTextIfThere(place);
    const read = text === undefined ? undefined : (JSON.parse(text) as Written);
    if (read?.version !== version) return nothing;
    const bytes = new Uint8Array(Buffer.from(read.signatures, 'base64'));
    const signatures = new Float64Array(bytes.buffer);
    return { paths: read.paths, signatures, projects: new Map(Object.entries(read.projects)) };
  } catch {
    return nothing;
  }
}

export function writeMemory(place: string, version: string, memory: Memory): void {
  const { paths, projects } = memory;
  const signatures = Buffer.from(memory.signatures.buffer).toString('base64');
  const written: Written = { version, paths, signatures, projects: Object.fromEntries(projects) };
  try {
    writeFileAtomic(place, JSON.stringify(written));
  } catch {
    // A place that cannot be written to: the next run reads all again.
  }
}

interface Written {
  readonly version: string;
  readonly paths: readonly string[];
  /** The bytes of the numbers in base 64: many numbers in decimals take long to read. */
  readonly signatures: string;
  readonly projects: Readonly<Record<string, Known>>;
}

/** Tells whether a path of a memory is as it was; each is looked at once. */
export function compareWith({ paths, signatures }: Memory, files: Files): (index: number) => boolean {
  const asTheyWere: boolean[] = [];
  const compare = (index: number): boolean => {
    const { inode, size, changed } = files.signatureOf(paths[index]!);
    const at = 3 * index;
    return signatures[at] === inode && signatures[at + 1] === size && signatures[at + 2] === changed;
  };
  return (index) => (asTheyWere[index] ??= compare(index));
}

/** @param projects of this run: those that are as they were in `before`, and those that were read */
export function makeMemory(
  before: Memory,
  projects: ReadonlyMap<string, Known | Fresh>,
  files: Files,
): Memory {
  const places = new Map<string, number>();
  const placeOf = (path: string): number => {
    const known = places.get(path) ?? places.size;
    places.set(path, known);
    return known;
  };
  const known = [...projects].map(([name, { reads, witness }]): [string, Known] => {
    const paths = witness.map((one) => placeOf(typeof one === 'number' ? before.paths[one]! : one));
    return [name, { reads, witness: paths }];
  });
  const paths = [...places.keys()];
  const signatures = Float64Array.from(paths.flatMap((path) => numbersOf(files.signatureOf(path))));
  return { paths, signatures, projects: new Map(known) };
}

function numbersOf({ inode, size, changed }: Signature): number[] {
  return [inode, size, changed];
}
