import type { Containerfile, Platform } from '@prism-build/containerfile';
import type { Compression } from './imagePlan';

/** What a plan is made from; all values, nothing is read. */
export interface PlanRequest {
  readonly containerfile: Containerfile;
  /** Workspace-relative directory; `.` is the workspace. */
  readonly context: string;
  readonly platforms: readonly Platform[];
  readonly buildPlatform: Platform;
  readonly buildArgs: Readonly<Record<string, string>>;
  /** The stage to build; absent: the last one. */
  readonly target?: string | undefined;
  readonly compression: Compression;
  /** Named build contexts that stand beside the Containerfile: `rootfs` where it has a rootfs.json. */
  readonly contexts?: readonly string[] | undefined;
}
