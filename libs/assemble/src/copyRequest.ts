import type { Place } from '@prism-build/errors';
import type { Owner } from './owners';

/** A COPY of files, its paths already expanded. */
export interface Copy {
  /** Clean or glob paths in the source tree. */
  readonly sources: readonly string[];
  /** Absolute; a trailing slash means a directory. */
  readonly destination: string;
  /** Absent: nodes keep their owner. */
  readonly owner?: Owner | undefined;
  /** Permission bits for files and directories; absent: nodes keep theirs. */
  readonly mode?: number | undefined;
  /** Whether the sources' own directories are made below the destination (`--parents`). */
  readonly parents?: boolean | undefined;
  /** Paths of the source tree that `--exclude` leaves out. */
  readonly excluded?: ((path: string, isDirectory: boolean) => boolean) | undefined;
  readonly at: Place;
}
