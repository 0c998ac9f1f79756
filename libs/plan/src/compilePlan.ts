import type { Platform } from '@prism-build/containerfile';
import type { CopyStep, planVersion } from './imagePlan';

/** A recognised compile stage: what its COPY lines take, and the one command that it runs; the same for all platforms. */
export interface CompileStage {
  readonly language: string;
  /** The builder image of the stage's FROM, which the pin belongs to. */
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
  /** ENV and ARG of the stage, as the command finds them; the builder's own PATH is not among them. */
  readonly environment: Readonly<Record<string, string>>;
}
