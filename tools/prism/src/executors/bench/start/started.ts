import type { ContentStore, ImageSettings, PlatformImage } from '@prism-build/oci';
import type { Directories } from '@prism-build/workspace';
import type { VerifiedImage } from '../../../nx/readVerifiedImage';

/** Everything that starting an image needs. */
export interface StartInput {
  /** As in messages. */
  readonly name: string;
  readonly verified: VerifiedImage;
  readonly store: ContentStore;
  readonly platform: PlatformImage;
  readonly settings: ImageSettings;
  readonly directories: Directories;
  /** A directory that is removed afterwards. */
  readonly scratch: string;
  /** Variables for the component, besides those of its image. */
  readonly env: Readonly<Record<string, string>>;
  readonly args: readonly string[];
}
