import * as fs from 'node:fs';
import { join } from 'node:path';
import type { IgnoreMatcher } from '@prism-build/containerfile';
import { type Failure, failed, imageFailure, ok, type Result } from '@prism-build/errors';
import { fileFailure } from '@prism-build/shell';
import type { Node, SymlinkNode, Tree } from './node';
import { completeTree, followLinks, joinPath } from './tree';

/**
 * Reads what is below the given paths of a directory (all of it for `''`) into a tree. Modes are those that git
 * knows (0755 where the owner may execute, else 0644; directories 0755), the owner is root and no two files are
 * hard links, so that neither umask, user nor the way of checking out decide a digest. Sockets and devices are
 * left out, as the engines do. Links are followed inside the directory, never out of it, and what they lead to
 * is read too: a copy may name it through them. Failures name files that cannot be read or whose names are not
 * UTF-8.
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
  // A file that an ignore file's `!` brings back needs its directories, even though they were ignored.
  return ok(completeTree(tree));
}

/** What is at a path, the link itself for a link; undefined for nothing, also for what would be below a file. */
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
  if (!stat.isFile()) return undefined;
  const mode = (stat.mode & 0o100) !== 0 ? 0o755 : 0o644;
  return { type: 'file', mode, ...owner, content: { kind: 'file', path: absolute, size: stat.size } };
}

function linkNode(absolute: string): SymlinkNode {
  return { type: 'symlink', mode: 0o777, uid: 0, gid: 0, linkTarget: fs.readlinkSync(absolute) };
}
