import type { Descriptor, Platform } from './descriptor';
import type { ImageLayer } from './digestJson';
import type { HistoryStep, ImageSettings } from './imageConfig';

/** An image for one platform, as a base or as a source of copies. */
export interface BasePlatform {
  readonly platform: Platform;
  readonly manifest: Descriptor;
  readonly settings: ImageSettings;
  /** Lowest first, none of them `own`: images on this base reuse them unchanged. */
  readonly layers: readonly ImageLayer[];
  readonly history: readonly HistoryStep[];
}

/** The platforms of an image. */
export type BaseImage = readonly BasePlatform[];
