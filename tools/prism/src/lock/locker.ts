import type { Result } from '@prism-build/errors';
import type { Directories } from '@prism-build/workspace';

/** A lock file with current versions, and its differences from the old one. */
interface Locked {
  /** Workspace-relative. */
  readonly path: string;
  readonly text: string;
  /** One line for each difference; empty if nothing changed. */
  readonly changes: readonly string[];
}

export interface LockRequest {
  readonly directories: Directories;
  readonly project: string;
  /** The directory of the Containerfile, else of the project; workspace-relative. */
  readonly root: string;
  /** Options of its build-image target; absent: it has none. */
  readonly image: unknown;
}

/** Locks one kind of dependency of a project; undefined if the project has none of that kind. */
export type Locker = (request: LockRequest) => Promise<Result<Locked | undefined>>;
