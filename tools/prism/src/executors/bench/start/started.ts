import type { ContentStore, ImageSettings, PlatformImage } from '@prism-build/oci';
import type { Directories } from '@prism-build/workspace';
import type { VerifiedImage } from '../../../nx/readVerifiedImage';
import type { StartFile } from './readFiles';

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
  /** Files for the component, besides those of its image. */
  readonly files: readonly StartFile[];
  readonly args: readonly string[];
}
