import type { Execution } from '@prism-build/assemble';
import type { ContentStore, PlatformImage } from '@prism-build/oci';
import type { StepInput } from '../step';

/** A command whose files and mounts are images of the content store. */
export interface PreparedRun {
  readonly input: StepInput;
  readonly store: ContentStore;
  readonly execution: Execution;
  readonly image: PlatformImage;
  /** The content of each mount, in order, then the script if there is one. */
  readonly mounts: readonly (PlatformImage | undefined)[];
}
