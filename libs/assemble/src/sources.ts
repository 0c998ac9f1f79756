import { failed, imageFailure, ok, type Place, type Result } from '@prism-build/errors';
import type { Layer } from '@prism-build/oci';
import type { CopySource, PlannedImage } from '@prism-build/plan';
import type { Images } from './base/images';
import type { Commands } from './commands';
import type { Node, Tree } from './node';

/** The state of a stage after its last instruction, with the changes of each instruction. */
export interface AssembledStage {
  readonly tree: Tree;
  readonly layers: readonly StageLayer[];
  /** The image below the layers; absent: scratch. */
  readonly image: PlannedImage | undefined;
}

/** The changes of an instruction. Layers that an engine made or used are packed already. */
export interface StageLayer {
  readonly text: string;
  readonly entries: Tree;
  readonly packed?: Layer | undefined;
}

/** The trees that copies read, already filtered by the ignore file. */
export interface Sources {
  readonly context: Tree;
  /** The tree that replaces the compile stage, with its files below `out/`. */
  readonly compile: Tree | undefined;
  /** The unpacked packages and archives of rootfs.json. */
  readonly rootfs?: Tree | undefined;
  readonly stage: (index: number) => AssembledStage;
  readonly images: Images;
  readonly commands: Commands;
}

/** The files that a copy or a mount reads. */
export async function sourceTree(from: CopySource, at: Place, sources: Sources): Promise<Result<Tree>> {
  switch (from.kind) {
    case 'context':
      return ok(sources.context);
    case 'stage':
      return ok(sources.stage(from.index).tree);
    case 'image':
      return sources.images.tree(from.image);
    case 'rootfs':
      if (sources.rootfs) return ok(sources.rootfs);
      return failed(imageFailure('COPY_SOURCE_MISSING', { what: 'there is no tree of the rootfs', at }));
    case 'inline':
      return ok(inlineTree(from.files));
    case 'compile':
      if (sources.compile) return ok(sources.compile);
      return failed(imageFailure('COMPILE_OUTPUT_MISSING', { what: 'the compile stage left no tree', at }));
  }
}

/** The files that a Containerfile writes inline, as a tree to copy from. */
export function inlineTree(files: readonly { readonly name: string; readonly content: string }[]): Tree {
  const owned = { mode: 0o644, uid: 0, gid: 0 };
  return new Map(
    files.map(({ name, content }): [string, Node] => [
      name,
      { type: 'file', ...owned, content: { kind: 'bytes', bytes: Buffer.from(content) } },
    ]),
  );
}
