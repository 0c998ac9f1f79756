import type { Platform } from '@prism-build/containerfile';
import type { ImageSettings } from '@prism-build/oci';
import type { RunStep } from './runStep';
import type { CopySource, PlannedImage } from './source';

/** The version of the plan's format; docs/adr/0003-plan.md lists changes that need no new version. */
export const planVersion = 2;

export interface CopyStep {
  readonly op: 'copy';
  readonly line: number;
  /** The instruction, for history. */
  readonly text: string;
  readonly from: CopySource;
  /** With `parents` a source may hold the pivot, `/./`. */
  readonly sources: readonly string[];
  /** Absolute; a trailing slash means a directory. */
  readonly destination: string;
  /** `--chown` as written; names are looked up in the stage when it is assembled. */
  readonly owner?: string | undefined;
  /** `--chmod`, octal or symbolic text as written. */
  readonly mode?: string | undefined;
  /** Whether local archives are unpacked: ADD. */
  readonly unpack: boolean;
  readonly parents: boolean;
  readonly exclude: readonly string[];
  /** `--link`: a link of the stage on the way to the destination would be replaced, not followed. */
  readonly link?: boolean;
}

/** WORKDIR creates its directory if it is missing. */
export interface DirectoryStep {
  readonly op: 'directory';
  readonly line: number;
  readonly text: string;
  readonly path: string;
  /** The current USER, who will own the directory; absent: root. */
  readonly owner?: string | undefined;
}

/** An instruction that only changes the configuration. */
interface ConfigStep {
  readonly op: 'config';
  readonly line: number;
  readonly text: string;
  /** The paths of a VOLUME. */
  readonly volumes?: readonly string[];
}

export type Step = CopyStep | DirectoryStep | RunStep | ConfigStep;

export interface StagePlan {
  readonly index: number;
  readonly name?: string | undefined;
  /** The stage that it starts from; absent: scratch or an image. */
  readonly base?: number | undefined;
  /** The image that it starts from. */
  readonly image?: PlannedImage;
  readonly steps: readonly Step[];
}

export interface PlatformPlan {
  readonly platform: Platform;
  /** Stages that the image needs, in order; the last is the image. Compile stages are not among them. */
  readonly stages: readonly StagePlan[];
  /** The configuration with which containers start. */
  readonly settings: ImageSettings;
}

export type Compression = 'zstd' | 'gzip' | 'none';

/** Everything that determines the image except the bytes of its inputs: a small JSON value, equal on every machine. */
export interface ImagePlan {
  readonly version: typeof planVersion;
  readonly kind: 'image';
  /** Workspace-relative. */
  readonly containerfile: string;
  /** Workspace-relative; `.` is the workspace. */
  readonly context: string;
  readonly compression: Compression;
  readonly platforms: readonly PlatformPlan[];
}

/** The image below the last of a platform's stages; undefined for one that starts from scratch. */
export function baseOf(stages: readonly StagePlan[]): PlannedImage | undefined {
  let stage = stages.at(-1);
  while (stage && stage.base !== undefined) {
    const { base }: StagePlan = stage;
    stage = stages.find(({ index }) => index === base);
  }
  return stage?.image;
}
