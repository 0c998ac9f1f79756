import { engineFailure, failed, type Result } from '@prism-build/errors';
import type { ImageLayer, Layer } from '@prism-build/oci';
import type { RunStep } from '@prism-build/plan';
import type { Tree } from './node';

/** A command of a stage with the files that it finds. */
export interface Execution {
  readonly step: RunStep;
  /** The Containerfile, for failures. */
  readonly file: string;
  /** Lowest first. */
  readonly layers: readonly ImageLayer[];
  /** What the layers hold. */
  readonly tree: Tree;
  /** For each mount of the step what a bind mount shows: a tree below `mounted`, or one file of that name. */
  readonly mounts: readonly (Tree | undefined)[];
}

/** The name of what is mounted in the trees of `Execution.mounts`. */
export const mounted = 'mounted';

/** Who executes commands; everything else of a stage is assembled here. */
export interface Commands {
  /** A tree as a layer of the store. */
  readonly pack: (changes: Tree) => Promise<Result<Layer>>;
  /** What a command changed, as a layer of the store; undefined where it changed nothing. */
  readonly run: (execution: Execution) => Promise<Result<Layer | undefined>>;
}

/** For a plan without commands. */
export const noCommands: Commands = {
  pack: async () => refuse(),
  run: async () => refuse(),
};

function refuse(): Result<never> {
  return failed(engineFailure('ENGINE_MISSING', { what: 'there is nothing here that runs commands' }));
}
