import { join } from 'node:path';
import { inferenceIdentity } from '../../workspace/identity';
import { divideFacts, keepFacts } from '../../workspace/stage/facts';
import { type Files, openFiles } from '../../workspace/stage/files';
import { toText, type Witness } from '../../workspace/stage/witness';
import type { ProjectReads } from '../read/reads';
import { dataDirectory } from './dataDirectory';
import { compareWith, type Fresh, type Known, makeMemory, readMemory, writeMemory } from './memory';

/** What earlier runs read of a workspace. */
export interface Kept {
  readonly files: Files;
  /** A component of which no file has changed. */
  readonly find: (containerfile: string) => ProjectReads | undefined;
  readonly keep: (containerfile: string, reads: ProjectReads, witness: Witness) => void;
  /** Writes what is new, and leaves out what nobody asked for. */
  readonly save: () => void;
}

/** @param options whatever decides what is read of files, besides the plugin's code */
export function openKept(root: string, options: string): Kept {
  const directory = dataDirectory(root);
  const facts = divideFacts(
    keepFacts(() => join(directory, 'prism-workspace.json'), inferenceIdentity),
    keepFacts(() => join(directory, 'prism-sources.json'), inferenceIdentity),
  );
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

/** Every path that is looked at begins with it, and the system walks all of it anew: from here it is half the work. */
function shortest(root: string): string {
  return process.cwd() === root ? '.' : root;
}
