import type { Execution } from '@prism-build/assemble';
import type { ContentStore, PlatformImage } from '@prism-build/oci';
import type { StepInput } from '../step';

/** A command with all that it needs as images of the content store. */
export interface PreparedRun {
  readonly input: StepInput;
  readonly store: ContentStore;
  readonly execution: Execution;
  readonly image: PlatformImage;
  /** For each mount what it shows; the script, if there is one, behind them. */
  readonly mounts: readonly (PlatformImage | undefined)[];
}
