import type { Result } from '@prism-build/errors';
import type { Directories } from '@prism-build/workspace';

/** A lock file with the present state of things, and what that changes. */
export interface Locked {
  /** Workspace-relative. */
  readonly path: string;
  readonly text: string;
  /** A line each, for people; empty where nothing changed. */
  readonly changes: readonly string[];
}

export interface LockRequest {
  readonly directories: Directories;
  readonly project: string;
  /** Where the Containerfile lies, or the project; workspace-relative. */
  readonly root: string;
  /** Options of its build-image target; absent: it has none. */
  readonly image: unknown;
}

/** Locks one kind of thing that a project is made of; undefined where the project has nothing of the kind. */
export type Locker = (request: LockRequest) => Promise<Result<Locked | undefined>>;
