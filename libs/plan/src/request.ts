import type { Containerfile, Platform } from '@prism-build/containerfile';
import type { Bases } from './bases';
import type { Compression } from './imagePlan';

/** Everything that determines the reads of a Containerfile, as values; no file is read. */
export interface ReadRequest {
  readonly containerfile: Containerfile;
  readonly platforms: readonly Platform[];
  readonly buildPlatform: Platform;
  readonly buildArgs: Readonly<Record<string, string>>;
  /** The stage to build; absent: the last one. */
  readonly target?: string | undefined;
  /** Named build contexts of the Containerfile's directory: `rootfs` if it has a rootfs.json. */
  readonly contexts?: readonly string[] | undefined;
  /** Known images that the Containerfile names; their ENV expands variables. Absent: none are known. */
  readonly bases?: Bases;
}

/** Everything else that determines the plan of an image. */
export interface PlanOptions {
  /** Workspace-relative directory; `.` is the workspace. */
  readonly context: string;
  readonly compression: Compression;
  /** Named build contexts that stand beside the Containerfile. */
  readonly contexts?: readonly string[] | undefined;
  readonly bases?: Bases | undefined;
}
