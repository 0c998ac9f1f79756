import type { Reads } from '@prism-build/plan';
import type { Directories } from '@prism-build/workspace';
import type { Siblings } from './bases/siblings';
import type { CompileManifest } from './compileManifest';
import type { BuildOptions } from './options';
import type { Widened } from './widen';

export interface StepInput {
  readonly directories: Directories;
  readonly project: string;
  readonly options: BuildOptions;
  readonly siblings: Siblings;
  readonly replaceCached: ReplaceCached;
  /** What the compile step of this project made in the same batch, hashed as it was written. */
  readonly compiled?: CompileManifest | undefined;
  /** Do it even where an earlier result looks right: something downstream found it altered. */
  readonly force?: boolean;
}

/**
 * Gives the cache of results the repaired output in place of the entry that the altered one was restored from.
 *
 * @param altered the snapshot of the altered output; undefined if there was none
 * @param parts names in the directory that belong to the output; all if left out
 */
type ReplaceCached = (
  root: string,
  directory: string,
  altered: string | undefined,
  parts?: readonly string[],
) => void;

/** What a step tells its caller: the text for the terminal. */
export interface StepReport {
  readonly text: string;
  /** Whether the result was there already and nothing was made. */
  readonly kept: boolean;
  /** What it was made of; absent: the step has no cache key. */
  readonly reads?: Reads;
  /** What a compile step made. */
  readonly manifest?: CompileManifest;
  /** What a compile turned out to read that its key does not cover. */
  readonly widened?: Widened;
}
