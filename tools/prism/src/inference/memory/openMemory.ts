import { join } from 'node:path';
import {
  divideFacts,
  type Files,
  inferenceIdentity,
  openFacts,
  openFiles,
  type Trace,
  toText,
} from '@prism-build/workspace';
import type { ProjectReads } from '../read/reads';
import { dataDirectory } from './dataDirectory';
import { fromHere } from './fromHere';
import {
  compareWith,
  type Fresh,
  joinTraces,
  type MemoryEntry,
  makeMemory,
  type NumberedTrace,
  readMemory,
  writeMemory,
} from './memory';

/** Results of earlier runs for a workspace. */
export interface OpenMemory {
  readonly files: Files;
  /** The earlier result for a component, if none of its files has changed and it `counts`. */
  readonly find: (
    containerfile: string,
    counts: (reads: ProjectReads) => boolean,
  ) => ProjectReads | undefined;
  readonly keep: (containerfile: string, reads: ProjectReads, trace: Trace) => void;
  /** Writes new results, and drops those that this run did not use. */
  readonly save: () => void;
  /** The trace of everything that this run read; undefined if not all components are as in an earlier run. */
  readonly traceAll: (components: number) => NumberedTrace | undefined;
}

/** @param options everything besides the plugin's code that affects how files are read */
export function openMemory(root: string, options: string): OpenMemory {
  const directory = dataDirectory(root);
  const facts = divideFacts(
    openFacts(() => join(directory, 'prism-workspace.json'), inferenceIdentity),
    openFacts(() => join(directory, 'prism-sources.json'), inferenceIdentity),
  );
  const from = fromHere(root);
  const files = openFiles(from, facts);
  const version = `${inferenceIdentity()} ${options}`;
  const place = join(directory, 'prism-projects.json');
  const before = readMemory(place, version);
  const compared = compareWith(before, from);
  const used = new Map<string, MemoryEntry | Fresh>();
  let fresh = false;
  return {
    files,
    find: (containerfile, counts) => {
      const known = before.projects.get(containerfile);
      if (!known?.trace.every(compared.holds) || !counts(known.reads)) return undefined;
      used.set(containerfile, known);
      return known.reads;
    },
    keep: (containerfile, reads, trace) => {
      used.set(containerfile, { reads, fresh: trace });
      fresh = true;
    },
    save: () => {
      facts.save((path, fingerprint) => toText(files.look(path)) === fingerprint);
      if (!fresh && used.size === before.projects.size) return;
      writeMemory(place, version, makeMemory(before, compared, used, files));
    },
    traceAll: (components) => {
      const entries = [...used.values()].flatMap((one) => ('trace' in one ? [one] : []));
      const rest = entries.length === components ? files.traceRest() : undefined;
      return rest && joinTraces(before, compared, entries, rest, files);
    },
  };
}
