import type { AddInstruction, CopyInstruction, Instruction, RunInstruction, Warning } from '../instruction';
import type { Platform } from './platform';

export type StageBase =
  | { readonly kind: 'scratch' }
  | { readonly kind: 'stage'; readonly index: number }
  | { readonly kind: 'image'; readonly reference: string };

/** Where COPY and mounts read from. A `name` is an image or a named context; only the caller knows which. */
export type Origin =
  | { readonly kind: 'context' }
  | { readonly kind: 'stage'; readonly index: number }
  | { readonly kind: 'name'; readonly name: string };

/** A path is clean and relative to its origin (`.` is the origin itself). `directory`: it was written with a final slash. */
export type Source =
  | {
      readonly kind: 'path';
      readonly path: string;
      readonly glob: boolean;
      readonly directory: boolean;
      /** With --parents: the pivot, whose directories are not created, and the path below it. */
      readonly parents?: { readonly pivot: string; readonly pattern: string };
    }
  | { readonly kind: 'url' | 'git'; readonly url: string };

export interface Mount {
  /** bind when not given, cache, tmpfs, secret, ssh. */
  readonly type: string;
  readonly origin: Origin;
  /** Clean and relative to the origin. */
  readonly source: string;
  readonly target: string | undefined;
  /** The options by their canonical names (`source`, `target`, `readonly`), expanded, switches as true or false. */
  readonly options: Readonly<Record<string, string>>;
}

export interface ResolvedCopy extends Omit<CopyInstruction, 'from' | 'sources'> {
  readonly from: Origin;
  readonly sources: readonly Source[];
}
export interface ResolvedAdd extends Omit<AddInstruction, 'sources'> {
  readonly sources: readonly Source[];
}
interface ResolvedRun extends Omit<RunInstruction, 'mounts'> {
  readonly mounts: readonly Mount[];
  /** The ARG and ENV values in the environment of the command. */
  readonly env: Readonly<Record<string, string>>;
}

/** As parsed, with variables expanded; ARG holds its value (undefined: not set), FROM is the stage itself. */
export type ResolvedInstruction =
  | Exclude<Instruction, { keyword: 'FROM' | 'COPY' | 'ADD' | 'RUN' }>
  | ResolvedCopy
  | ResolvedAdd
  | ResolvedRun;

export interface ResolvedStage {
  readonly index: number;
  readonly name: string | undefined;
  /** The line of its FROM. */
  readonly line: number;
  readonly text: string;
  readonly base: StageBase;
  readonly platform: Platform;
  /** ONBUILD triggers of a base that is a stage of this file come first. */
  readonly instructions: readonly ResolvedInstruction[];
  /** ENV of the base, with the default PATH where it sets none. */
  readonly baseEnv: Readonly<Record<string, string>>;
  /** ENV after the last instruction. */
  readonly env: Readonly<Record<string, string>>;
}

export interface ResolveOptions {
  readonly platform: Platform;
  readonly buildPlatform: Platform;
  readonly buildArgs?: Readonly<Record<string, string>>;
  /** A stage's name or index; the last stage when it is not given. */
  readonly target?: string | undefined;
  /** ENV of an external image; empty if unknown. */
  readonly baseEnv?: (reference: string, platform: Platform) => Readonly<Record<string, string>>;
  /** Names of build contexts. As in both engines, they take precedence over stages of the same name. */
  readonly namedContexts?: readonly string[];
}

export interface Resolution {
  /** All stages of the file; failures of stages that the target does not need are dropped. */
  readonly stages: readonly ResolvedStage[];
  /** Index of the target. */
  readonly target: number;
  /** The stages that the target needs, itself last. */
  readonly needed: readonly number[];
  /** Names of given build arguments that the needed part of the file declares, sorted. */
  readonly usedBuildArgs: readonly string[];
  /** Names of given build arguments that no ARG of the file declares, sorted; engines warn about them. */
  readonly undeclaredBuildArgs: readonly string[];
  readonly warnings: readonly Warning[];
}
