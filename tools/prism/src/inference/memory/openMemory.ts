import { join } from 'node:path';
import {
  executorIdentity,
  type Files,
  inferenceIdentity,
  openFacts,
  openFiles,
  type Trace,
  toText,
} from '@prism-build/workspace';
import type { ProjectReads } from '../read/reads';
import { dataDirectory } from './dataDirectory';
import { compareWith, type Fresh, type MemoryEntry, makeMemory, readMemory, writeMemory } from './memory';

/** What earlier runs read of a workspace. */
export interface OpenMemory {
  readonly files: Files;
  /** A component of which no file has changed. */
  readonly find: (containerfile: string) => ProjectReads | undefined;
  readonly keep: (containerfile: string, reads: ProjectReads, trace: Trace) => void;
  /** Writes what is new, and leaves out what nobody asked for. */
  readonly save: () => void;
}

/** @param options whatever decides what is read of files, besides the plugin's code */
export function openMemory(root: string, options: string): OpenMemory {
  const directory = dataDirectory(root);
  const facts = openFacts(() => join(directory, 'prism-sources.json'), executorIdentity);
  const from = shortest(root);
  const files = openFiles(from, facts);
  const version = `${inferenceIdentity()} ${options}`;
  const place = join(directory, 'prism-projects.json');
  const before = readMemory(place, version);
  const holds = compareWith(before, from);
  const used = new Map<string, MemoryEntry | Fresh>();
  let fresh = false;
  return {
    files,
    find: (containerfile) => {
      const known = before.projects.get(containerfile);
      if (!known?.trace.every(holds)) return undefined;
      used.set(containerfile, known);
      return known.reads;
    },
    keep: (containerfile, reads, trace) => {
      used.set(containerfile, { reads, fresh: trace });
      fresh = true;
    },
    save: () => {
      facts.save((path, fingerprint) => toText(files.fingerprintOf(path)) === fingerprint);
      if (!fresh && used.size === before.projects.size) return;
      writeMemory(place, version, makeMemory(before, used, files));
    },
  };
}

/** Every path that is looked at begins with it, and the system walks all of it anew: from here it is half the work. */
function shortest(root: string): string {
  return process.cwd() === root ? '.' : root;
}
