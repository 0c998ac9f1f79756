import * as fs from 'node:fs';
import { join } from 'node:path';
import type { Node, Tree } from './node';

/**
 * Writes a tree into a new directory, with modes, links and hard links; with owners if the process is root. Skips devices
 * and pipes. Throws errors of the file system.
 */
export function writeTree(tree: Tree, directory: string): void {
  fs.mkdirSync(directory, { recursive: true, mode: 0o755 });
  const first = new Map<Node, string>();
  const sorted = [...tree].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [path, node] of sorted) {
    const at = join(directory, path);
    const known = first.get(node);
    if (known !== undefined && node.type === 'file') {
      fs.linkSync(known, at);
      continue;
    }
    first.set(node, at);
    writeNode(node, at);
    const isRoot = process.getuid?.() === 0;
    if (node.type === 'symlink' && isRoot) fs.lchownSync(at, node.uid, node.gid);
    if (node.type !== 'file') continue;
    if (isRoot) fs.chownSync(at, node.uid, node.gid);
    fs.chmodSync(at, node.mode);
  }
  // Last, since a directory may forbid its owner to write into it.
  for (const [path, node] of sorted.reverse()) {
    if (node.type !== 'directory') continue;
    if (process.getuid?.() === 0) fs.chownSync(join(directory, path), node.uid, node.gid);
    fs.chmodSync(join(directory, path), node.mode);
  }
}

function writeNode(node: Node, at: string): void {
  if (node.type === 'directory') fs.mkdirSync(at);
  if (node.type === 'symlink') fs.symlinkSync(node.linkTarget, at);
  if (node.type !== 'file') return;
  if (node.content.kind === 'bytes') fs.writeFileSync(at, node.content.bytes);
  else fs.copyFileSync(node.content.path, at, fs.constants.COPYFILE_FICLONE);
}
