import type { Restamped, Unhashed } from '../../workspace/stage/unhashed';
import type { ProjectReads } from '../read/reads';

/** What Nx takes for the contents of a file, by its digest; undefined where it knows no such file. */
export type Known = (path: string) => string | undefined;

/**
 * Files whose contents Nx has wrong, with the right digests. Nx keeps digests between commands and reads a file again
 * when its modification time is another one; so it misses what has a time that it had before.
 */
export function listRehashed({ restamped }: Unhashed, known: Known): string[] {
  const wrong = restamped.filter(({ path, contents }) => known(path) !== contents);
  return [...new Set(wrong.map(({ path, contents }) => `${path} ${contents}`))].sort();
}

export function restampedIn({ compile, images }: ProjectReads): readonly Restamped[] {
  return [...(compile?.unhashed.restamped ?? []), ...images.flatMap(({ unhashed }) => unhashed.restamped)];
}

/** What Nx knows of all files, in the process that infers or in its daemon. */
export async function readKnown(workspaceRoot: string): Promise<Known> {
  const { getAllFileDataInContext } = require('nx/src/utils/workspace-context') as {
    getAllFileDataInContext: (root: string) => Promise<{ file: string; hash: string }[]>;
  };
  const all = await getAllFileDataInContext(workspaceRoot);
  const digests = new Map(all.map(({ file, hash }) => [file, hash]));
  return (path) => digests.get(path);
}
