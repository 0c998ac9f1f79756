import type { ContextSource, Platform, ResolvedStage } from '@prism-build/containerfile';
import type { Failure, Place, Result } from '@prism-build/errors';
import type { CompilePlatform, CompileStage } from '../compilePlan';

/**
 * Everything that the targets of a Containerfile read, for all platforms. Cache keys, graph edges and file trees are
 * made from this one value, so that none of them can see what another misses.
 */
export interface Reads {
  /** Workspace-relative. */
  readonly containerfile: string;
  readonly compile: CompileReads;
  /** What the image's own stages read; failures name file and line of every stage that the image needs. */
  readonly image: Result<ImageReads>;
}

/** The stage called `compile`: recognised for all platforms or for none. */
export type CompileReads =
  | { readonly kind: 'absent' }
  /** An engine executes it as it does any other stage; `failures` give the reasons. */
  | { readonly kind: 'unrecognised'; readonly failures: readonly Failure[] }
  | {
      readonly kind: 'recognised';
      readonly stage: CompileStage;
      readonly platforms: readonly CompilePlatform[];
      readonly sources: readonly ContextSource[];
    };

export interface ImageReads {
  readonly platforms: readonly PlatformReads[];
  /** What the stages take from the context, over all platforms, each once. */
  readonly sources: readonly ContextSource[];
  /** The images that the stages start from or copy from, once for each platform and line. */
  readonly images: readonly ImageUse[];
  /** Named build contexts that they copy from. */
  readonly contexts: readonly string[];
  /** Whether they copy from the recognised compile stage, whose tree the `compile` target makes. */
  readonly compiled: boolean;
}

/** The stages of an image for one platform. */
export interface PlatformReads {
  readonly platform: Platform;
  /** The target and what it needs, in the order of the file; the recognised compile stage is not among them. */
  readonly stages: readonly ResolvedStage[];
  /** Index of the target in the file. */
  readonly target: number;
  /** Index of the recognised compile stage in the file; -1 if there is none. */
  readonly compile: number;
}

/** An image that a stage starts from or copies from. */
export interface ImageUse {
  /** As it stands in the file, variables expanded. */
  readonly reference: string;
  readonly platform: Platform;
  readonly at: Place;
}
