import type { Platform } from '@prism-build/containerfile';
import type { CopyStep, planVersion } from './imagePlan';

/** A recognised compile stage: its COPY lines and its one command, the same for all platforms. */
export interface CompileStage {
  readonly language: string;
  /** The builder image in FROM of the stage; its pin selects the compiler. */
  readonly builder: string;
  readonly builderLine: number;
  readonly copies: readonly CopyStep[];
  /** WORKDIR of the command, absolute inside the stage. */
  readonly working: string;
  readonly argv: readonly string[];
  readonly line: number;
}

export interface CompilePlan extends CompileStage {
  readonly version: typeof planVersion;
  readonly kind: 'compile';
  /** Workspace-relative. */
  readonly containerfile: string;
  /** Workspace-relative; `.` is the workspace. */
  readonly context: string;
  readonly platforms: readonly CompilePlatform[];
}

export interface CompilePlatform {
  readonly platform: Platform;
  /** ENV and ARG of the stage at the command, without the builder's PATH. */
  readonly environment: Readonly<Record<string, string>>;
}
