import type { Result } from '@prism-build/errors';
import type { PlatformImage } from '@prism-build/oci';
import type { Run } from '@prism-build/shell';

/** Names and directories that the commands of a platform use with a Docker daemon. */
export interface DockerPlace {
  readonly call: Run;
  /** Label of containers and volumes. */
  readonly label: string;
  /** Repository part of image names. */
  readonly repository: string;
  /** Directory of cache mounts and other files on this machine. */
  readonly directory: string;
  /** Loads an image into the daemon and returns its name there. */
  readonly load: (image: PlatformImage) => Promise<Result<string>>;
}
