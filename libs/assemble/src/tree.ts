import { type DirectoryNode, type Node, rootDirectory, type Tree } from './node';

const linkLimit = 40;

export function nodeAt(tree: Tree, path: string): Node | undefined {
  return path === '' ? rootDirectory : tree.get(path);
}

/** `a/./b//../c` to `a/c`; `..` at the root stays at the root, as in a chroot. */
export function cleanPath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') parts.pop();
    else parts.push(part);
  }
  return parts.join('/');
}

export function parentOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '' : path.slice(0, slash);
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/**
 * Follows symbolic links inside the tree as a chroot would; parts that do not exist are kept as they are.
 * Undefined for a loop of links. With `last: false` the last part is not followed.
 */
export function resolvePath(tree: Tree, path: string, last = true): string | undefined {
  let pending = cleanPath(path).split('/').filter(Boolean);
  let resolved = '';
  let links = 0;
  while (pending.length > 0) {
    const [part, ...rest] = pending as [string, ...string[]];
    if (part === '..') {
      resolved = parentOf(resolved);
      pending = rest;
      continue;
    }
    const candidate = resolved === '' ? part : `${resolved}/${part}`;
    const node = tree.get(candidate);
    if (node?.type === 'symlink' && (last || rest.length > 0)) {
      if (++links > linkLimit) return undefined;
      if (node.linkTarget.startsWith('/')) resolved = '';
      pending = [...node.linkTarget.split('/').filter((item) => item !== '' && item !== '.'), ...rest];
      continue;
    }
    resolved = candidate;
    pending = rest;
  }
  return resolved;
}

/** Paths below a directory, in the tree's order; `''` means the whole tree. */
export function* below(tree: Tree, directory: string): Generator<[string, Node]> {
  const prefix = directory === '' ? '' : `${directory}/`;
  for (const entry of tree) if (entry[0].startsWith(prefix)) yield entry;
}

/** Puts a node, replacing what is there (a directory that gives way takes its content along). */
export function putNode(tree: Tree, path: string, node: Node, changed: Set<string>): void {
  const existing = tree.get(path);
  if (existing?.type === 'directory' && node.type !== 'directory') {
    for (const [inner] of [...below(tree, path)]) {
      tree.delete(inner);
      changed.delete(inner);
    }
  }
  tree.set(path, node);
  changed.add(path);
}

/** Makes a directory and its missing parents, all with the same new node. */
export function makeDirectories(tree: Tree, path: string, node: DirectoryNode, changed: Set<string>): void {
  if (path === '') return;
  makeDirectories(tree, parentOf(path), node, changed);
  if (!tree.has(path)) putNode(tree, path, { ...node }, changed);
}
