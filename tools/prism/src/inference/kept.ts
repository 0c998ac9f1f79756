import { join } from 'node:path';
import { readTextIfThere, writeFileAtomic } from '@prism-build/shell';
import { executorIdentity, inferenceIdentity } from '../workspace/identity';
import { keepFacts } from '../workspace/stage/facts';
import { type Files, openFiles, type Witness } from '../workspace/stage/files';
import type { MadeProject } from './makeProject';
import type { ProjectNames } from './readProject';

/** A component as an earlier run read and made it. */
export interface KeptProject extends ProjectNames {
  /** What both were made from, besides files. */
  readonly surroundings: string;
  readonly made: Pick<MadeProject, 'project' | 'uses'>;
  readonly witness: Witness;
}

/** What earlier runs said of a workspace; nothing is read before somebody asks. */
export interface Kept {
  readonly files: Files;
  /** A component of which no file has changed. */
  readonly find: (containerfile: string) => KeptProject | undefined;
  readonly keep: (containerfile: string, project: KeptProject) => void;
  /** Writes what is new, and leaves out what nobody asked for. */
  readonly save: () => void;
}

/** @param options whatever decides what is made of files, besides the plugin's code */
export function openKept(root: string, options: string): Kept {
  const facts = keepFacts(() => join(dataDirectory(root), 'prism-sources.json'), executorIdentity);
  const files = openFiles(root, facts);
  const version = () => `${inferenceIdentity()} ${options}`;
  let before: Memory | undefined;
  const used = new Map<string, KeptProject>();
  let fresh = false;
  const place = () => join(dataDirectory(root), 'prism-projects.json');
  return {
    files,
    find: (containerfile) => {
      before ??= readMemory(place, version(), files);
      const known = before.find(containerfile);
      if (known) used.set(containerfile, known);
      return known;
    },
    keep: (containerfile, project) => {
      used.set(containerfile, project);
      fresh = true;
    },
    save: () => {
      facts.save((path, signature) => files.signatureOf(path) === signature);
      if (!fresh && used.size === (before?.size ?? 0)) return;
      try {
        writeFileAtomic(place(), JSON.stringify(toWritten(version(), used, files)));
      } catch {
        // A place that cannot be written to: the next run reads all again.
      }
    },
  };
}

/** Files that several components saw stand in it once, and are looked at once. */
interface Written {
  readonly version: string;
  /** Paths with their signatures. */
  readonly seen: readonly (readonly [string, string])[];
  readonly projects: Readonly<Record<string, WrittenProject>>;
}

/** The witness as places in `seen`. */
type WrittenProject = Omit<KeptProject, 'witness'> & { readonly witness: readonly number[] };

function toWritten(version: string, projects: ReadonlyMap<string, KeptProject>, files: Files): Written {
  const places = new Map<string, number>();
  const placeOf = (path: string): number => {
    const known = places.get(path) ?? places.size;
    places.set(path, known);
    return known;
  };
  const written = [...projects].map(
    ([name, project]) => [name, { ...project, witness: project.witness.map(placeOf) }] as const,
  );
  const seen = [...places.keys()].map((path) => [path, files.signatureOf(path)] as const);
  return { version, seen, projects: Object.fromEntries(written) };
}

interface Memory {
  readonly size: number;
  readonly find: (containerfile: string) => KeptProject | undefined;
}

function readMemory(place: () => string, version: string, files: Files): Memory {
  const { seen, projects } = readWritten(place, version);
  const known = new Map(Object.entries(projects));
  const asTheyWere: boolean[] = [];
  const holds = (index: number): boolean =>
    (asTheyWere[index] ??= files.signatureOf(seen[index]![0]) === seen[index]![1]);
  return {
    size: known.size,
    find: (containerfile) => {
      const project = known.get(containerfile);
      if (!project?.witness.every(holds)) return undefined;
      return { ...project, witness: project.witness.map((index) => seen[index]![0]) };
    },
  };
}

function readWritten(place: () => string, version: string): Omit<Written, 'version'> {
  const nothing = { seen: [], projects: {} };
  try {
    const text = readTextIfThere(place());
    const read = text === undefined ? undefined : (JSON.parse(text) as Written);
    return read?.version === version ? read : nothing;
  } catch {
    return nothing;
  }
}

/** Where Nx keeps what it knows of a workspace; Nx has loaded that module long before us. */
function dataDirectory(root: string): string {
  return (
    require('nx/src/utils/cache-directory') as {
      workspaceDataDirectoryForWorkspace: (root: string) => string;
    }
  ).workspaceDataDirectoryForWorkspace(root);
}
