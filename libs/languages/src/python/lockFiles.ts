import { parentOf } from '@prism-build/containerfile';
import { joinInside, type SourceReader } from '../closure';
import { type RequirementsFile, readRequirements } from './requirements';

export interface LockFile extends RequirementsFile {
  /** Path in the stage's tree. */
  readonly path: string;
}

export interface Locks {
  /** The lock itself first, then the files that it includes. */
  readonly files: readonly LockFile[];
  /** Named files that are missing, or outside of the sources, with the file and line that name each. */
  readonly missing: readonly { readonly path: string; readonly line: number; readonly name: string }[];
}

/** A lock and all files that it includes, each once; empty if the lock does not exist. */
export function readLocks(lock: string, { facts }: Pick<SourceReader, 'facts'>): Locks {
  const files: LockFile[] = [];
  const missing: { path: string; line: number; name: string }[] = [];
  const visit = (path: string): boolean => {
    if (files.some((one) => one.path === path)) return true;
    const read = facts(path, 'python-requirements', readRequirements);
    if (!read) return false;
    files.push({ path, ...read });
    for (const { line, name } of read.includes) {
      const included = joinInside(parentOf(path), name);
      if (included === undefined || !visit(included)) missing.push({ path, line, name });
    }
    return true;
  };
  visit(lock);
  return { files, missing };
}
