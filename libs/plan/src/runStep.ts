import type { Platform } from '@prism-build/containerfile';
import type { CopySource } from './source';

/** A command that an engine executes on the files as they stand; what it changes becomes a layer. */
export interface RunStep {
  readonly op: 'run';
  readonly line: number;
  /** The instruction, for history. */
  readonly text: string;
  /** Of the stage: a builder stage may be another machine than the image is for. */
  readonly platform: Platform;
  /** As it is executed, the stage's SHELL included. */
  readonly argv: readonly string[];
  /** A heredoc that begins with `#!`: a file that lies at `scriptPath` while the command runs, which executes it. */
  readonly script?: string;
  /** ENV and ARG as the command finds them. */
  readonly environment: Readonly<Record<string, string>>;
  /** Absolute. */
  readonly working: string;
  /** USER in force; absent: root. */
  readonly user?: string;
  readonly network: 'default' | 'none' | 'host';
  readonly mounts: readonly RunMount[];
}

/** Where a script lies: below /dev, which is a file system of its own, so that nothing of it stays behind. */
export const scriptPath = '/dev/pipes/EOF';

export type RunMount =
  | {
      readonly type: 'bind';
      readonly from: CopySource;
      /** Relative to what it comes from; `` is all of it. */
      readonly source: string;
      readonly target: string;
      /** What is written is forgotten. */
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
      /** The most that it holds, in bytes. */
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
