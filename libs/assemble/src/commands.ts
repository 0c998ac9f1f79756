import { engineFailure, failed, type Result } from '@prism-build/errors';
import type { ImageLayer, Layer } from '@prism-build/oci';
import type { RunStep } from '@prism-build/plan';
import type { Tree } from './node';

/** A command of a stage, with the files that exist when it runs. */
export interface Execution {
  readonly step: RunStep;
  /** The Containerfile, for failures. */
  readonly file: string;
  /** Lowest first. */
  readonly layers: readonly ImageLayer[];
  /** The files of the layers. */
  readonly tree: Tree;
  /** For each mount of the step, the files of a bind mount: a tree below `mounted`, or one file of that name. */
  readonly mounts: readonly (Tree | undefined)[];
}

/** The name of the mounted file or directory in the trees of `Execution.mounts`. */
export const mounted = 'mounted';

/** Executes the commands of RUN. All other instructions of a stage are assembled without it. */
export interface Commands {
  /** A tree as a layer of the store. */
  readonly pack: (changes: Tree) => Promise<Result<Layer>>;
  /** The changes of a command as a layer of the store; undefined if it changed nothing. */
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
