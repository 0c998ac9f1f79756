import { hasGlob, matchGlob } from '@prism-build/containerfile';
import { type Failure, failed, imageFailure, ok, type Place, type Result } from '@prism-build/errors';
import { type DirectoryNode, type Node, rootDirectory, type Tree } from './node';
import type { Owner } from './owners';
import { baseName, below, cleanPath, makeDirectories, nodeAt, parentOf, putNode, resolvePath } from './tree';

/** A COPY of files, its paths already expanded. */
export interface Copy {
  /** Clean or glob paths in the source tree. */
  readonly sources: readonly string[];
  /** Absolute; a trailing slash means a directory. */
  readonly destination: string;
  /** Absent: nodes keep their owner. */
  readonly owner?: Owner | undefined;
  /** Permission bits for files and directories; absent: nodes keep theirs. */
  readonly mode?: number | undefined;
  /** Whether the sources' own directories are made below the destination (`--parents`). */
  readonly parents?: boolean | undefined;
  /** Paths of the source tree that `--exclude` leaves out. */
  readonly excluded?: ((path: string, isDirectory: boolean) => boolean) | undefined;
  readonly at: Place;
}

interface Item {
  readonly path: string;
  readonly node: Node;
  /** The name it was asked for by, which is not that of a link's target. */
  readonly name: string;
}

/**
 * Copies as `podman build` does: a directory gives its content, a file goes into a destination that is a
 * directory or ends with a slash, links on the way are followed inside the image. Names what changed.
 */
export function copyInto(tree: Tree, source: Tree, copy: Copy, changed: Set<string>): Result<void> {
  const found = findItems(source, copy);
  if (!found.ok) return found;
  const items = found.value;
  const asked = copy.destination;
  const mustBeDirectory = /(^|\/)\.?$/.test(asked) || items.length > 1 || copy.sources.length > 1;
  const destination = resolvePath(tree, asked);
  const invalid = (what: string) => failed(imageFailure('COPY_DESTINATION_INVALID', { what, at: copy.at }));
  if (destination === undefined) return invalid(`the destination ${asked} is a loop of symbolic links`);
  const existing = nodeAt(tree, destination);
  const intoDirectory =
    mustBeDirectory || existing?.type === 'directory' || items.some(isDirectory) || copy.parents;
  if (existing && existing.type !== 'directory' && intoDirectory) {
    return invalid(`the destination ${asked} is a file, and a directory is needed there`);
  }
  const blocked = fileAbove(tree, destination);
  if (blocked) return invalid(`the destination ${asked} is below the file /${blocked}`);
  const fresh: DirectoryNode = { ...rootDirectory, ...copy.owner };
  const place = placer(tree, copy, changed);
  makeDirectories(tree, intoDirectory ? destination : parentOf(destination), fresh, changed);
  for (const item of items) {
    const base = copy.parents ? joinPath(destination, parentOf(item.path)) : destination;
    if (copy.parents) makeDirectories(tree, base, fresh, changed);
    if (item.node.type !== 'directory') {
      place(intoDirectory ? joinPath(base, item.name) : destination, item.node);
      continue;
    }
    const inner = copy.parents ? joinPath(base, item.name) : base;
    if (copy.parents) place(inner, item.node);
    for (const [path, node] of [...below(source, item.path)]) {
      if (copy.excluded?.(path, node.type === 'directory')) continue;
      place(joinPath(inner, item.path === '' ? path : path.slice(item.path.length + 1)), node);
    }
  }
  return ok(undefined);
}

function findItems(source: Tree, copy: Copy): Result<Item[]> {
  const items: Item[] = [];
  const failures: Failure[] = [];
  for (const pattern of copy.sources) {
    const matches = hasGlob(pattern) ? globbed(source, pattern) : ok([cleanPath(dropEscapes(pattern))]);
    if (!matches.ok) return failed(...matches.failures.map((failure) => ({ ...failure, at: copy.at })));
    let count = 0;
    for (const match of matches.value) {
      const path = resolvePath(source, match);
      const node = path === undefined ? undefined : nodeAt(source, path);
      if (path === undefined || !node) continue;
      count++;
      if (path !== '' && copy.excluded?.(path, node.type === 'directory')) continue;
      items.push({ path, node, name: baseName(match) });
    }
    if (count === 0) {
      failures.push(
        imageFailure('COPY_SOURCE_MISSING', { what: `there is no ${pattern} to copy`, at: copy.at }),
      );
    }
  }
  return failures.length > 0 ? failed(...failures) : ok(items);
}

function globbed(source: Tree, pattern: string): Result<string[]> {
  const matches: string[] = [];
  for (const path of source.keys()) {
    const match = matchGlob(pattern, path);
    if (!match.ok) return match;
    if (match.value) matches.push(path);
  }
  return ok(matches.sort());
}

/** In a path without wildcards a backslash still escapes. */
function dropEscapes(pattern: string): string {
  return pattern.replace(/\\(.)/gs, '$1');
}

/** Places nodes with the owner and the mode of the copy; nodes that were one object stay one (hard links). */
function placer(tree: Tree, copy: Copy, changed: Set<string>) {
  const placed = new Map<Node, Node>();
  return (path: string, node: Node): void => {
    const mode = node.type === 'symlink' ? node.mode : (copy.mode ?? node.mode);
    const made = placed.get(node) ?? { ...node, ...copy.owner, mode };
    if (node.type !== 'directory') placed.set(node, made);
    const parent = resolvePath(tree, parentOf(path)) ?? parentOf(path);
    makeDirectories(tree, parent, { ...rootDirectory, ...copy.owner }, changed);
    putNode(tree, joinPath(parent, baseName(path)), made, changed);
  };
}

function fileAbove(tree: Tree, path: string): string | undefined {
  for (let parent = parentOf(path); parent !== ''; parent = parentOf(parent)) {
    const node = tree.get(parent);
    if (node && node.type !== 'directory') return parent;
  }
  return undefined;
}

function isDirectory(item: Item): boolean {
  return item.node.type === 'directory';
}

function joinPath(directory: string, rest: string): string {
  if (directory === '') return rest;
  return rest === '' ? directory : `${directory}/${rest}`;
}
