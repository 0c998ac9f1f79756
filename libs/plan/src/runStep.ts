import type { Platform } from '@prism-build/containerfile';
import type { CopySource } from './source';

/** A command that an engine executes on the current files. Its changes become a layer. */
export interface RunStep {
  readonly op: 'run';
  readonly line: number;
  /** The instruction, for history. */
  readonly text: string;
  /** The platform of the stage; it may differ from that of the image (`--platform=$BUILDPLATFORM`). */
  readonly platform: Platform;
  /** The executed argument vector, including the stage's SHELL. */
  readonly argv: readonly string[];
  /** A heredoc that begins with `#!`: the content of `scriptPath` while the command, which executes it, runs. */
  readonly script?: string;
  /** ENV and ARG at the command. */
  readonly environment: Readonly<Record<string, string>>;
  /** Absolute. */
  readonly working: string;
  /** USER in force; absent: root. */
  readonly user?: string;
  readonly network: 'default' | 'none' | 'host';
  readonly mounts: readonly RunMount[];
}

/** The path of a script: below /dev, a separate file system, so that it leaves no trace in the layer. */
export const scriptPath = '/dev/pipes/EOF';

export type RunMount =
  | {
      readonly type: 'bind';
      readonly from: CopySource;
      /** Relative to the source; `` means all of it. */
      readonly source: string;
      readonly target: string;
      /** Writable; changes are discarded. */
      readonly writable: boolean;
    }
  | (Owned & {
      readonly type: 'cache';
      /** Unique within the project. */
      readonly id: string;
      readonly target: string;
      readonly sharing: 'shared' | 'private' | 'locked';
    })
  | {
      readonly type: 'tmpfs';
      readonly target: string;
      /** Its maximum size in bytes. */
      readonly size?: number;
    }
  | (Owned & {
      readonly type: 'secret';
      readonly id: string;
      readonly target: string;
      readonly required: boolean;
    });

interface Owned {
  /** Octal text. */
  readonly mode?: string;
  readonly uid?: string;
  readonly gid?: string;
}
