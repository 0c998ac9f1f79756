import { parentOf } from '@prism-build/containerfile';
import { type Node, rootDirectory, type Tree } from './node';

const linkLimit = 40;

export function nodeAt(tree: Tree, path: string): Node | undefined {
  return path === '' ? rootDirectory : tree.get(path);
}

/** `a/./b//../c` to `a/c`; `..` at the root stays at the root, as in a chroot. */
export function toTreePath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') parts.pop();
    else parts.push(part);
  }
  return parts.join('/');
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Follows symbolic links inside the tree as a chroot would. Undefined for a loop of links. */
export function resolvePath(tree: Tree, path: string): string | undefined {
  return followLinks(path, (candidate) => {
    const node = tree.get(candidate);
    return node?.type === 'symlink' ? node.linkTarget : undefined;
  });
}

/**
 * Follows symbolic links below a root; `..` and absolute targets do not leave it. `linkAt` returns the target of a link.
 * Parts that do not exist are kept. Undefined for a loop of links.
 */
export function followLinks(
  path: string,
  linkAt: (path: string) => string | undefined,
  root = '',
): string | undefined {
  let pending = splitPath(path);
  let resolved = root;
  let links = 0;
  while (pending.length > 0) {
    const [part, ...rest] = pending as [string, ...string[]];
    pending = rest;
    if (part === '..') {
      if (resolved !== root) resolved = parentOf(resolved);
      continue;
    }
    const candidate = joinPath(resolved, part);
    const target = linkAt(candidate);
    if (target === undefined) resolved = candidate;
    else {
      if (++links > linkLimit) return undefined;
      if (target.startsWith('/')) resolved = root;
      pending = [...splitPath(target), ...rest];
    }
  }
  return resolved;
}

function splitPath(path: string): string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.');
}

export function joinPath(directory: string, rest: string): string {
  if (directory === '') return rest;
  return rest === '' ? directory : `${directory}/${rest}`;
}

/** The first part of a path that exists and is not a directory. */
export function fileAbove(tree: Tree, path: string): string | undefined {
  for (let at = parentOf(path); at !== ''; at = parentOf(at)) {
    const node = tree.get(at);
    if (node && node.type !== 'directory') return at;
  }
  return undefined;
}

/** Paths below a directory, in the tree's order; `''` means the whole tree. */
export function* entriesBelow(tree: Tree, directory: string): Generator<[string, Node]> {
  const prefix = directory === '' ? '' : `${directory}/`;
  for (const entry of tree) if (entry[0].startsWith(prefix)) yield entry;
}

/**
 * Changed nodes with their parent directories, as in layers of the engines. An engine that unpacks a layer creates
 * directories that the layer does not name, and would lose the mode that a lower layer set.
 */
export function withParents(tree: Tree, changes: Iterable<readonly [string, Node]>): Tree {
  const all = new Map<string, Node>();
  for (const [path, node] of changes) {
    all.set(path, node);
    for (let at = parentOf(path); at !== '' && !all.has(at); at = parentOf(at)) {
      const above = tree.get(at);
      if (above?.type === 'directory') all.set(at, above);
    }
  }
  return new Map([...all].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** A tree in the order of its paths, with every parent. Missing parents become directories of root. */
export function completeTree(tree: Tree): Tree {
  const all = new Map(tree);
  for (const path of tree.keys())
    for (let at = parentOf(path); at !== '' && !all.has(at); at = parentOf(at))
      all.set(at, { ...rootDirectory });
  return new Map([...all].sort(([a], [b]) => (a < b ? -1 : 1)));
}
