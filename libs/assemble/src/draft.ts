import { parentOf } from '@prism-build/containerfile';
import type { DirectoryNode, Node, Tree } from './node';
import { entriesBelow } from './tree';

/** A tree, the paths of it that a step changed, and those that the step removed. */
export interface ChangedTree {
  readonly tree: Tree;
  readonly changed: ReadonlySet<string>;
  readonly removed: ReadonlySet<string>;
}

export function unchanged(tree: Tree): ChangedTree {
  return { tree, changed: new Set(), removed: new Set() };
}

/** A mutable copy of a tree, for one function that changes and returns it. The original does not change. */
export class Draft implements ChangedTree {
  private readonly nodes: Map<string, Node>;
  private readonly paths = new Set<string>();
  private readonly gone = new Set<string>();

  constructor(private readonly original: Tree) {
    this.nodes = new Map(original);
  }

  get tree(): Tree {
    return this.nodes;
  }

  get changed(): ReadonlySet<string> {
    return this.paths;
  }

  /** Paths of the original that are not there any more. */
  get removed(): ReadonlySet<string> {
    return this.gone;
  }

  /** Sets a node. If it replaces a directory, the directory's contents are removed. */
  put(path: string, node: Node): void {
    if (node.type !== 'directory' && this.nodes.get(path)?.type === 'directory') this.removeBelow(path);
    this.nodes.set(path, node);
    this.paths.add(path);
    this.gone.delete(path);
  }

  /** Makes a directory and its missing parents, all like `node`. */
  makeDirectories(path: string, node: DirectoryNode): void {
    if (path === '') return;
    this.makeDirectories(parentOf(path), node);
    if (!this.nodes.has(path)) this.put(path, { ...node });
  }

  /** Removes what is at a path, with its content. */
  remove(path: string): void {
    if (this.nodes.get(path)?.type === 'directory') this.removeBelow(path);
    this.forget(path);
  }

  /** Removes the content of a directory; `''` means the whole tree. */
  removeBelow(directory: string): void {
    for (const [path] of [...entriesBelow(this.nodes, directory)]) this.forget(path);
  }

  private forget(path: string): void {
    this.nodes.delete(path);
    this.paths.delete(path);
    if (this.original.has(path)) this.gone.add(path);
  }
}
