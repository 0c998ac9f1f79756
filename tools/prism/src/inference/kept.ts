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
  let before: Map<string, KeptProject> | undefined;
  const used = new Map<string, KeptProject>();
  let fresh = false;
  const place = () => join(dataDirectory(root), 'prism-projects.json');
  return {
    files,
    find: (containerfile) => {
      before ??= readProjects(place, version());
      const known = before.get(containerfile);
      if (!known || !files.holds(known.witness)) return undefined;
      used.set(containerfile, known);
      return known;
    },
    keep: (containerfile, project) => {
      used.set(containerfile, project);
      fresh = true;
    },
    save: () => {
      facts.save((path, signature) => files.holds({ [path]: signature }));
      if (!fresh && used.size === (before?.size ?? 0)) return;
      try {
        const kept = { version: version(), projects: Object.fromEntries(used) };
        writeFileAtomic(place(), JSON.stringify(kept));
      } catch {
        // A place that cannot be written to: the next run reads all again.
      }
    },
  };
}

function readProjects(place: () => string, version: string): Map<string, KeptProject> {
  try {
    const text = readTextIfThere(place());
    const read =
      text === undefined
        ? undefined
        : (JSON.parse(text) as { version: string; projects: Record<string, KeptProject> });
    return new Map(read?.version === version ? Object.entries(read.projects) : []);
  } catch {
    return new Map();
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
