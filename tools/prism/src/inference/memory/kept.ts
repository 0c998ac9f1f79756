import { join } from 'node:path';
import {
  type Files,
  inferenceIdentity,
  keepFacts,
  openFiles,
  toText,
  type Witness,
} from '@prism-build/workspace';
import type { ProjectReads } from '../read/reads';
import { dataDirectory } from './dataDirectory';
import { compareWith, type Fresh, type Known, makeMemory, readMemory, writeMemory } from './memory';

/** Results of earlier runs for a workspace. */
export interface Kept {
  readonly files: Files;
  /** The earlier result for a component, if none of its files has changed. */
  readonly find: (containerfile: string) => ProjectReads | undefined;
  readonly keep: (containerfile: string, reads: ProjectReads, witness: Witness) => void;
  /** Writes new results, and drops those that this run did not use. */
  readonly save: () => void;
}

/** @param options everything besides the plugin's code that affects how files are read */
export function openKept(root: string, options: string): Kept {
  const directory = dataDirectory(root);
  const facts = keepFacts(() => join(directory, 'prism-sources.json'), inferenceIdentity);
  const from = shortest(root);
  const files = openFiles(from, facts);
  const version = `${inferenceIdentity()} ${options}`;
  const place = join(directory, 'prism-projects.json');
  const before = readMemory(place, version);
  const holds = compareWith(before, from);
  const used = new Map<string, Known | Fresh>();
  let fresh = false;
  return {
    files,
    find: (containerfile) => {
      const known = before.projects.get(containerfile);
      if (!known?.witness.every(holds)) return undefined;
      used.set(containerfile, known);
      return known.reads;
    },
    keep: (containerfile, reads, witness) => {
      used.set(containerfile, { reads, fresh: witness });
      fresh = true;
    },
    save: () => {
      facts.save((path, signature) => toText(files.signatureOf(path)) === signature);
      if (!fresh && used.size === before.projects.size) return;
      writeMemory(place, version, makeMemory(before, used, files));
    },
  };
}

/** A shorter prefix for paths: the system resolves every part for each stat, so this halves the work. */
function shortest(root: string): string {
  return process.cwd() === root ? '.' : root;
}
