import { baseName, type Node, readContent, resolvePath, type Tree } from '@prism-build/assemble';
import { parentOf } from '@prism-build/containerfile';
import { type Failure, failed, ok, type Result, rootfsFailure } from '@prism-build/errors';
import { namesIn } from '../deb/control';
import type { Deb } from '../deb/readDeb';
import { placePath } from './placePath';

/** One file system made of many packages, and the package of each path. */
interface Merged {
  readonly tree: Tree;
  readonly origins: ReadonlyMap<string, string>;
}

/**
 * Merges packages as dpkg does, in the order given: directories are shared, a directory stays where another package
 * has a link to one, a file replaces that of a package named in Replaces. PACKAGES_CONFLICT for every other path that
 * two packages fill in different ways.
 */
export function mergePackages(packages: readonly Deb[]): Result<Merged> {
  const tree = new Map<string, Node>();
  const origins = new Map<string, string>();
  const failures: Failure[] = [];
  for (const deb of packages) {
    const name = deb.fields.get('Package')!;
    const replaces = namesIn(deb.fields.get('Replaces'));
    for (const [written, node] of deb.tree) {
      const placed = placePath(written, node.type === 'directory');
      const path = followParent(tree, placed);
      const existing = tree.get(path);
      if (existing && keeps(tree, path, existing, node)) continue;
      const other = origins.get(path);
      if (existing && !(other && replaces.includes(other))) {
        const what = `/${path} is in ${other} and, with different content, in ${name}`;
        failures.push(rootfsFailure('PACKAGES_CONFLICT', { what }));
        continue;
      }
      tree.set(path, node);
      origins.set(path, name);
    }
  }
  if (failures.length > 0) return failed(...failures);
  return ok({ tree, origins });
}

/** Resolves parents: another package may have made a directory of this path a link. */
function followParent(tree: Tree, path: string): string {
  const parent = parentOf(path);
  const resolved = parent === '' ? '' : (resolvePath(tree, parent) ?? parent);
  return resolved === '' ? baseName(path) : `${resolved}/${baseName(path)}`;
}

/** Whether the existing node is also right for the second package. */
function keeps(tree: Tree, path: string, existing: Node, node: Node): boolean {
  if (existing.type === 'directory') return node.type === 'directory' || leadsToDirectory(node);
  if (existing.type === 'symlink' && node.type === 'directory') {
    const target = resolvePath(tree, path);
    return target !== undefined && tree.get(target)?.type === 'directory';
  }
  return isEqual(existing, node);
}

function leadsToDirectory(node: Node): boolean {
  // dpkg never replaces a directory by a link; a file in its place would be an error.
  return node.type === 'symlink';
}

function isEqual(a: Node, b: Node): boolean {
  if (a.mode !== b.mode || a.uid !== b.uid || a.gid !== b.gid) return false;
  if (a.type === 'symlink' && b.type === 'symlink') return a.linkTarget === b.linkTarget;
  if (a.type !== 'file' || b.type !== 'file') return false;
  return readContent(a.content).equals(readContent(b.content));
}
