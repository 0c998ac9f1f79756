import type { Restamped, Unhashed } from '@prism-build/workspace';
import type { ProjectReads } from '../read/reads';

/** The digest that Nx has recorded for a file; undefined if there is none. */
export type NxHashes = (path: string) => string | undefined;

/**
 * Files for which Nx has a wrong digest, with the right digests. Nx keeps digests between commands and reads a file
 * again only if its modification time is new. So it misses a change that sets the time back to a recorded one.
 */
export function listRehashed({ restamped }: Unhashed, known: NxHashes): string[] {
  const wrong = restamped.filter(({ path, contents }) => known(path) !== contents);
  return [...new Set(wrong.map(({ path, contents }) => `${path} ${contents}`))].sort();
}

export function restampedIn({ compile, images }: ProjectReads): readonly Restamped[] {
  return [...(compile?.unhashed.restamped ?? []), ...images.flatMap(({ unhashed }) => unhashed.restamped)];
}

/** Nx's digests of all files, from this process or from its daemon. */
export async function readNxHashes(workspaceRoot: string): Promise<NxHashes> {
  const { getAllFileDataInContext } = require('nx/src/utils/workspace-context') as {
    getAllFileDataInContext: (root: string) => Promise<{ file: string; hash: string }[]>;
  };
  const all = await getAllFileDataInContext(workspaceRoot);
  const digests = new Map(all.map(({ file, hash }) => [file, hash]));
  return (path) => digests.get(path);
}
