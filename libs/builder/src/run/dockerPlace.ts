import type { Result } from '@prism-build/errors';
import type { PlatformImage } from '@prism-build/oci';
import type { Run } from '@prism-build/shell';

/** What a command of a platform finds and leaves at the daemon. */
export interface DockerPlace {
  readonly call: Run;
  /** On containers and volumes. */
  readonly label: string;
  /** Of the names of images. */
  readonly repository: string;
  /** Below it are caches and what else lies on the machine. */
  readonly directory: string;
  /** Brings an image to the daemon; gives its name there. */
  readonly load: (image: PlatformImage) => Promise<Result<string>>;
}
