import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { join, relative } from 'node:path';
import { isPassedOver } from '@prism-build/workspace';
// The task hasher's own matcher: Nx hashes exactly the files that it matches.
import { hashFile, matchGlobPaths } from 'nx/src/native';

/** Nx's index of the files of a workspace, kept between commands: contents by path. */
export interface NxIndex {
  /** The start of an nx command without a daemon: reads files whose modification time changed. */
  readonly refresh: () => void;
  readonly known: (path: string) => string | undefined;
  /** The files in a task's hash: those that match the filesets, by path, with the contents that Nx has recorded. */
  readonly hash: (filesets: readonly string[]) => string;
}

/**
 * An index that behaves as Nx 23 and 24 were observed to: a link to a file has the file's content, other links and
 * directories do not exist, and equal modification times mean equal contents.
 */
export function makeNxIndex(root: string): NxIndex {
  let index = new Map<string, { readonly time: number; readonly contents: string }>();
  return {
    refresh: () => {
      index = new Map(
        listFiles(root).map((path) => {
          const time = fs.statSync(join(root, path)).mtimeMs;
          const before = index.get(path);
          const contents = before?.time === time ? before.contents : hashFile(join(root, path))!;
          return [path, { time, contents }] as const;
        }),
      );
    },
    known: (path) => index.get(path)?.contents,
    hash: (filesets) => {
      const files = [...index.keys()];
      const globs = filesets.map((one) => one.replace('{workspaceRoot}/', ''));
      const matched = matchGlobPaths(globs, files);
      const hash = createHash('sha256');
      for (const [at, path] of files.entries())
        if (matched[at]) hash.update(`${path}\0${index.get(path)!.contents}\n`);
      return hash.digest('hex');
    },
  };
}

function listFiles(root: string): string[] {
  const visit = (directory: string): string[] =>
    fs.readdirSync(directory).flatMap((name) => {
      const path = join(directory, name);
      if (isPassedOver(name)) return [];
      if (fs.lstatSync(path).isDirectory()) return visit(path);
      return isFile(path) ? [relative(root, path)] : [];
    });
  return visit(root).sort();
}

/** Follows links too, some of which are circular. */
function isFile(path: string): boolean {
  try {
    return fs.statSync(path).isFile();
  } catch {
    return false;
  }
}
