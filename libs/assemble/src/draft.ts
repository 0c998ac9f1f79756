import type { DirectoryNode, Node, Tree } from './node';
import { entriesBelow, parentOf } from './tree';

/** A tree, and the paths of it that a step changed. */
export interface ChangedTree {
  readonly tree: Tree;
  readonly changed: ReadonlySet<string>;
}

export function unchanged(tree: Tree): ChangedTree {
  return { tree, changed: new Set() };
}

/** A mutable copy of a tree, for one function that changes and returns it. The original does not change. */
export class Draft implements ChangedTree {
  private readonly nodes: Map<string, Node>;
  private readonly paths = new Set<string>();

  constructor(tree: Tree) {
    this.nodes = new Map(tree);
  }

  get tree(): Tree {
    return this.nodes;
  }

  get changed(): ReadonlySet<string> {
    return this.paths;
  }

  /** Sets a node. If it replaces a directory, the directory's contents are removed. */
  put(path: string, node: Node): void {
    if (node.type !== 'directory' && this.nodes.get(path)?.type === 'directory') this.removeBelow(path);
    this.nodes.set(path, node);
    this.paths.add(path);
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
    this.nodes.delete(path);
    this.paths.delete(path);
  }

  /** Removes the content of a directory; `''` means the whole tree. */
  removeBelow(directory: string): void {
    for (const [path] of [...entriesBelow(this.nodes, directory)]) {
      this.nodes.delete(path);
      this.paths.delete(path);
    }
  }
}
