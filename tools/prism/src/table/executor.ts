import type { TargetConfiguration } from '@nx/devkit';
import { targetName } from '@prism-build/workspace';

/**
 * A row of the table of executors. The folder src/executors/<name> exports `execute` from index.ts, `executeBatch` if it has
 * batches, and `options`, its schema in zod, from options.ts.
 */
export interface Executor {
  /** The name of the folder, of the compiled entry and of schema/<name>.json; targets name it `prism:<name>`. */
  readonly name: string;
  /** For executors.json and the schema. */
  readonly description: string;
  /** Whether Nx may give it many tasks at once, which then share a process. */
  readonly batch: boolean;
  /**
   * The target to add to each image, if every image has one. It has no value without a use: for each, Nx merges, writes and
   * sends an entry that names its source file, in every command.
   */
  readonly target?: (image: ImageNames) => OwnTarget;
  /** Whether the target is added only if options name a registry: without one, it would cost time in every command and do nothing. */
  readonly needsRegistry?: boolean;
  /** The target to add to each stack. */
  readonly stackTarget?: (stack: StackNames) => OwnTarget;
  /** The name of that target, unless the project is a component as well; the executor's if left out. */
  readonly stackTargetName?: string;
  /** The target to add for all images of a component, if nx.json has "release"; Nx gives it its name. */
  readonly releaseTarget?: (release: ReleaseNames) => OwnTarget;
}

/** What `nx release publish` runs. */
export const releaseTargetName = 'nx-release-publish';

/** The names that the target of a release needs. */
interface ReleaseNames {
  /** The targets that build the images. */
  readonly builds: readonly string[];
}

/** The names that the targets of a stack need. */
export interface StackNames {
  readonly project: string;
  /** The components whose images it names. */
  readonly components: readonly string[];
}

export type OwnTarget = Omit<TargetConfiguration, 'metadata'> & {
  readonly metadata: { readonly description: string };
};

/** The names that the targets of an image need. */
export interface ImageNames {
  /** The part of the image's name before the project. */
  readonly prefix: string;
  readonly variant: string | undefined;
  /** Where images are pushed to, if the plugin's options say so. */
  readonly registry: string | undefined;
  /** `the image`, or `the <variant> image`. */
  readonly image: string;
  /** The name of a target for this image: `load-image` is `load-image-debug` for the variant `debug`. */
  readonly nameOf: (target: string) => string;
}

export function imageNames(prefix: string, variant: string | undefined, registry?: string): ImageNames {
  return {
    prefix,
    variant,
    registry,
    image: variant === undefined ? 'the image' : `the ${variant} image`,
    nameOf: (target) => targetName(target, variant),
  };
}
