import type { Content } from '@prism-build/oci';

interface Owned {
  /** Permission bits with setuid, setgid and sticky: 0o0000 to 0o7777. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Extended attributes, which only archives bring. */
  readonly xattrs?: Readonly<Record<string, Uint8Array>> | undefined;
}

export interface FileNode extends Owned {
  readonly type: 'file';
  readonly content: Content;
}

export interface DirectoryNode extends Owned {
  readonly type: 'directory';
}

export interface SymlinkNode extends Owned {
  readonly type: 'symlink';
  readonly linkTarget: string;
}

interface SpecialNode extends Owned {
  readonly type: 'fifo' | 'char' | 'block';
  readonly major: number;
  readonly minor: number;
}

/** A file system object. Two paths that hold the *same* object are hard links of each other. */
export type Node = FileNode | DirectoryNode | SymlinkNode | SpecialNode;

/** Stands for every named pipe of a context. Engines treat pipes differently, so a COPY or mount that takes one fails. */
export const contextPipe: Node = { type: 'fifo', mode: 0o644, uid: 0, gid: 0, major: 0, minor: 0 };

/**
 * A file system as a value: clean relative paths (`usr/bin/x`; the root itself is absent) to nodes. Functions do not
 * change a tree; they return a new one (see `Draft`).
 */
export type Tree = ReadonlyMap<string, Node>;

export const rootDirectory: DirectoryNode = { type: 'directory', mode: 0o755, uid: 0, gid: 0 };

/** The contents of the files of a tree. */
export function contentsOf(tree: Tree): Content[] {
  return [...tree.values()].flatMap((node) => (node.type === 'file' ? [node.content] : []));
}
