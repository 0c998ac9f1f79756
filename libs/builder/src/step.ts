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
  /** The results of this project's compile step in the same batch. Their digests were computed as they were written. */
  readonly compiled?: CompileManifest | undefined;
  /** Builds even if an earlier result looks valid, because a consumer found it altered. */
  readonly force?: boolean;
  /**
   * Compiles for the dev loop: beside the real results, which stay as they are, with the language's settings for development
   * and without waiting for the disk.
   */
  readonly development?: boolean;
}

/**
 * Replaces the entry of the build cache from which an altered output was restored by the repaired output.
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

/** The report of a step to its caller. */
export interface StepReport {
  readonly text: string;
  /** The inputs of the result; absent if the step has no cache key. */
  readonly reads?: Reads;
  /** The digest of the index of an image step. */
  readonly digest?: string;
  /** The results of a compile step. */
  readonly manifest?: CompileManifest;
  /** Files that a compile read although its cache key does not cover them. */
  readonly widened?: Widened;
}
