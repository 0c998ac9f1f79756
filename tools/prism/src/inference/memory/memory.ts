import { readTextIfThere, writeFileAtomic } from '@prism-build/shell';
import {
  absoluteIn,
  type Files,
  isSame,
  type Looked,
  lookAt,
  nowhere,
  placeOf,
  type Signature,
  signatureIn,
  type Witness,
} from '@prism-build/workspace';
import type { ProjectReads } from '../read/reads';
import { NumberedPaths } from './numberedPaths';

/** A component as an earlier run read it, with the places in `paths` of all that was seen. */
export interface Known {
  readonly reads: ProjectReads;
  readonly witness: readonly number[];
}

/** What an earlier run read. Files that several components saw stand in it once, and are looked at once. */
export interface Memory {
  readonly paths: readonly string[];
  /** The place of the directory above each path; -1: there is none. */
  readonly above: readonly number[];
  /** Three numbers for each path. */
  readonly signatures: Float64Array;
  readonly projects: ReadonlyMap<string, Known>;
}

/** A component as this run read it. */
export interface Fresh {
  readonly reads: ProjectReads;
  readonly fresh: Witness;
}

const nothing: Memory = { paths: [], above: [], signatures: new Float64Array(), projects: new Map() };

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
    const { paths, above, projects } = read;
    return { paths, above, signatures, projects: new Map(Object.entries(projects)) };
  } catch {
    return nothing;
  }
}

export function writeMemory(place: string, version: string, memory: Memory): void {
  const signatures = Buffer.from(memory.signatures.buffer).toString('base64');
  const projects = Object.fromEntries(memory.projects);
  const written: Written = { version, ...memory, signatures, projects };
  try {
    writeFileAtomic(place, JSON.stringify(written));
  } catch {
    // A place that cannot be written to: the next run reads all again.
  }
}

interface Written extends Pick<Memory, 'paths' | 'above'> {
  readonly version: string;
  /** The bytes of the numbers in base 64: many numbers in decimals take long to read. */
  readonly signatures: string;
  readonly projects: Readonly<Record<string, Known>>;
}

/**
 * Tells whether a path of a memory is as it was; each is looked at once. By numbers and without a map: thousands are
 * looked at with every command of nx.
 */
export function compareWith(memory: Memory, root: string): (index: number) => boolean {
  const { paths, above } = memory;
  const looked: Looked[] = [];
  const asTheyWere: boolean[] = [];
  const look = (index: number): Looked => {
    const known = looked[index];
    if (known) return known;
    const parent = above[index]!;
    // What lies behind a link is not what it was, whatever it looks like.
    const within = parent < 0 || look(parent).kind === 'directory';
    const found = within ? lookAt(absoluteIn(root, placeOf(paths[index]!))) : nowhere;
    looked[index] = found;
    return found;
  };
  const compare = (index: number): boolean =>
    isSame(signatureIn(paths[index]!, look(index)), signatureAt(memory, index));
  return (index) => (asTheyWere[index] ??= compare(index));
}

/** @param projects of this run: those that are as they were in `before`, and those that `files` were read for */
export function makeMemory(
  before: Memory,
  projects: ReadonlyMap<string, Known | Fresh>,
  { signatureOf }: Files,
): Memory {
  const numbered = new NumberedPaths();
  const known = new Map<string, Known>();
  const add = (name: string, reads: ProjectReads, witness: readonly (number | undefined)[]): void => {
    // A file that changed between two looks: whoever saw it before is read again by the next run.
    if (witness.every((one) => one !== undefined)) known.set(name, { reads, witness });
  };
  for (const [name, one] of projects)
    if ('fresh' in one)
      add(
        name,
        one.reads,
        one.fresh.map((path) => numbered.add(path, signatureOf(path))),
      );
  for (const [name, one] of projects)
    if ('witness' in one)
      add(
        name,
        one.reads,
        one.witness.map((index) => numbered.add(before.paths[index]!, signatureAt(before, index))),
      );
  const { paths, above } = numbered;
  return { paths, above, signatures: numbered.signatures(), projects: known };
}

function signatureAt({ signatures }: Memory, index: number): Signature {
  const at = 3 * index;
  return { inode: signatures[at]!, size: signatures[at + 1]!, changed: signatures[at + 2]! };
}
