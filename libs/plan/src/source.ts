import type { Platform } from '@prism-build/containerfile';
import type { Digest, HistoryStep, ImageLayer } from '@prism-build/oci';

/** An image that a stage starts from or copies from, for one platform, with everything that affects results. */
export interface PlannedImage {
  readonly reference: string;
  readonly platform: Platform;
  readonly manifest: Digest;
  /** Its WORKDIR, which may not exist, and the USER that will own it. */
  readonly workingDir?: string | undefined;
  readonly user?: string | undefined;
  /** Lowest first. */
  readonly layers: readonly ImageLayer[];
  readonly history: readonly HistoryStep[];
}

/** Where the files of a copy come from. */
export type CopySource =
  | { readonly kind: 'context' }
  | { readonly kind: 'stage'; readonly index: number }
  /** The tree that the compile target of this project makes for the platform, below /out. */
  | { readonly kind: 'compile' }
  | { readonly kind: 'image'; readonly image: PlannedImage }
  /** The tree of locked packages and archives that rootfs.json beside the Containerfile describes. */
  | { readonly kind: 'rootfs' }
  /** Files written inline in the Containerfile. */
  | {
      readonly kind: 'inline';
      readonly files: readonly { readonly name: string; readonly content: string }[];
    };
