import type { ChangeMode } from '@prism-build/containerfile';
import type { Place } from '@prism-build/errors';
import type { Excluded } from './excluded';
import type { Owner } from './owners';

/** A COPY of files, its paths already expanded. */
export interface Copy {
  /** Clean or glob paths in the source tree; with `parents` one may hold the pivot, `/./`. */
  readonly sources: readonly string[];
  /** Absolute; a trailing slash means a directory. */
  readonly destination: string;
  /** Absent: nodes keep their owner. */
  readonly owner?: Owner | undefined;
  /** Computes the mode from that of the source; absent: nodes keep theirs. */
  readonly mode?: ChangeMode | undefined;
  /** Whether the sources' parent directories are created below the destination (`--parents`). */
  readonly parents?: boolean | undefined;
  /**
   * Whether `--exclude` excludes a path. Paths are relative to the copied directory; for a file that a source names, it is
   * the file's path. With `parents`, all paths are relative to the pivot.
   */
  readonly excluded?: Excluded | undefined;
  /** Whether a link on the way to the destination is a failure (`--link`). */
  readonly link?: boolean | undefined;
  readonly at: Place;
}
