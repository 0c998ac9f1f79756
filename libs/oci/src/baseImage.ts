import type { Descriptor, Platform } from './descriptor';
import type { ImageLayer } from './digestJson';
import type { HistoryStep, ImageSettings } from './imageConfig';

/** An image for one platform, as those see it that start from it or copy from it. */
export interface BasePlatform {
  readonly platform: Platform;
  readonly manifest: Descriptor;
  readonly settings: ImageSettings;
  /** Lowest first, none of them `own`: whoever starts from the image reuses them as they are. */
  readonly layers: readonly ImageLayer[];
  readonly history: readonly HistoryStep[];
}

/** The platforms that an image is there for. */
export type BaseImage = readonly BasePlatform[];
