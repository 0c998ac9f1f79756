import * as fs from 'node:fs';
import { join } from 'node:path';
import type { IgnoreMatcher } from '@prism-build/containerfile';
import { type Failure, failed, imageFailure, ok, type Result } from '@prism-build/errors';
import { fileFailure } from '@prism-build/shell';
import { contextPipe, type Node, type SymlinkNode, type Tree } from './node';
import { completeTree, followLinks, joinPath } from './tree';

/**
 * Reads the files below the given paths of a directory (`''`: all of it) into a tree. Modes are those that git stores
 * (0755 if the owner may execute, else 0644; directories 0755), the owner is root, and files are never hard links. So a
 * digest does not depend on umask, user or checkout. Sockets and devices are skipped, as in the engines;
 * a pipe is `contextPipe`. Nothing is opened. Links are
 * followed only inside the directory; their targets are read too, because a copy may name files through a link.
 * Failures name files that cannot be read and names that are not UTF-8.
 */
export function readDirectory(root: string, roots: readonly string[], rules: IgnoreMatcher): Result<Tree> {
  const tree = new Map<string, Node>();
  const failures: Failure[] = [];
  const seen = new Set<string>();
  const follow = (path: string): void => {
    const real = followLinks(path, (candidate) => {
      const stat = statAt(join(root, candidate));
      if (!stat?.isSymbolicLink()) return undefined;
      const node = linkNode(join(root, candidate));
      if (!rules.ignores(candidate, false)) tree.set(candidate, node);
      return node.linkTarget;
    });
    if (real !== undefined) visit(real);
  };
  const visit = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    const absolute = join(root, path);
    const stat = statAt(absolute);
    if (path.includes('\ufffd') && !stat) {
      failures.push(imageFailure('PATH_NOT_UTF8', { what: `the name of ${absolute} is not UTF-8` }));
    }
    if (!stat) return;
    const directory = stat.isDirectory();
    const ignored = path !== '' && rules.ignores(path, directory);
    if (ignored && (!directory || rules.canPrune(path))) return;
    const node = path === '' || ignored ? undefined : nodeOf(absolute, stat);
    if (node) tree.set(path, node);
    if (stat.isSymbolicLink()) follow(path);
    if (!directory) return;
    for (const name of fs.readdirSync(absolute)) visit(joinPath(path, name));
  };
  try {
    for (const path of roots) follow(path);
  } catch (error) {
    failures.push(fileFailure(error, `cannot read the context ${root}`));
  }
  if (failures.length > 0) return failed(...failures);
  // A file that `!` includes again needs its parent directories, even if they are ignored.
  return ok(completeTree(tree));
}

/** lstat of a path. Undefined if it does not exist, also if a part of the path is a file. */
function statAt(absolute: string): fs.Stats | undefined {
  try {
    return fs.lstatSync(absolute, { throwIfNoEntry: false });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined;
    throw error;
  }
}

function nodeOf(absolute: string, stat: fs.Stats): Node | undefined {
  const owner = { uid: 0, gid: 0 };
  if (stat.isDirectory()) return { type: 'directory', mode: 0o755, ...owner };
  if (stat.isSymbolicLink()) return linkNode(absolute);
  if (stat.isFIFO()) return contextPipe;
  if (!stat.isFile()) return undefined;
  const mode = (stat.mode & 0o100) !== 0 ? 0o755 : 0o644;
  return { type: 'file', mode, ...owner, content: { kind: 'file', path: absolute, size: stat.size } };
}

function linkNode(absolute: string): SymlinkNode {
  return { type: 'symlink', mode: 0o777, uid: 0, gid: 0, linkTarget: fs.readlinkSync(absolute) };
}
