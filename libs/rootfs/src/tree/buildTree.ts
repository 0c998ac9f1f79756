import { completeTree, type Node, type Tree } from '@prism-build/assemble';
import { parseIgnoreFile } from '@prism-build/containerfile';
import { ok, type Result } from '@prism-build/errors';
import type { Deb } from '../deb/readDeb';
import type { Rootfs } from '../schema';
import { bundleCertificates, bundlePath } from './certificates';
import { dpkgDatabase, statusDirectory } from './database';
import { mergePackages } from './mergePackages';
import { aliases } from './placePath';

/**
 * The file system that rootfs.json describes, for one architecture: packages, archives, results of maintainer scripts
 * (merged directories, the bundle of certificates), declared links and the package database, without excluded paths.
 * Pure: equal values give equal trees.
 */
export function buildTree(
  rootfs: Rootfs,
  architecture: string,
  packages: readonly Deb[],
  archives: readonly Tree[],
): Result<Tree> {
  const merged = mergePackages(packages);
  if (!merged.ok) return merged;
  const rules = parseIgnoreFile(rootfs.exclude.join('\n'), 'exclude of rootfs.json');
  if (!rules.ok) return rules;
  const all = new Map<string, Node>(merged.value.tree);
  const bundle = bundleCertificates(all);
  if (bundle) all.set(bundlePath, bundle);
  for (const archive of archives) for (const [path, node] of archive) all.set(path, node);
  const tree = new Map<string, Node>(
    [...all].filter(([path, node]) => !rules.value.ignores(path, node.type === 'directory')),
  );
  for (const [path, linkTarget] of Object.entries(rootfs.links)) tree.set(path, linkTo(linkTarget));
  for (const alias of aliases) {
    if (tree.get(`usr/${alias}`)?.type === 'directory' && !tree.has(alias))
      tree.set(alias, linkTo(`usr/${alias}`));
  }
  const describe = rootfs.database === 'dpkg' ? dpkgDatabase : statusDirectory;
  for (const [path, node] of describe(packages, architecture, tree)) tree.set(path, node);
  // Archives may lack parent directories.
  return ok(completeTree(tree));
}

function linkTo(linkTarget: string): Node {
  return { type: 'symlink', mode: 0o777, uid: 0, gid: 0, linkTarget };
}
