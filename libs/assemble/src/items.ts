import { hasGlob } from '@prism-build/containerfile';
import { type Failure, failed, imageFailure, ok, type Result } from '@prism-build/errors';
import type { Copy } from './copyRequest';
import { expandSources } from './glob';
import { type Node, rootDirectory, type Tree } from './node';
import { findParents } from './parents';
import type { ArchiveEntry } from './tarTree';
import { baseName, nodeAt, resolvePath } from './tree';

/** One source that a copy found. */
export interface Item {
  /** Its path, with links followed. */
  readonly path: string;
  readonly node: Node;
  /** Its name in the destination directory. */
  readonly name: string;
  /** The contents of an archive that ADD unpacks. */
  readonly archive?: readonly ArchiveEntry[] | undefined;
  /** With --parents: the nodes by their paths below the destination. */
  readonly parents?: ReadonlyMap<string, Node> | undefined;
}

/**
 * The files that the sources of a copy name. Reports every missing path. As in Podman, a pattern may match nothing if
 * another source matches something.
 */
export function findItems(source: Tree, copy: Copy): Result<Item[]> {
  const items: Item[] = [];
  const failures: Failure[] = [];
  const unmatched: Failure[] = [];
  const missing = (what: string) => imageFailure('COPY_SOURCE_MISSING', { what, at: copy.at });
  const nothingLeft = (pattern: string) => {
    const what = `--exclude leaves nothing of ${pattern}`;
    const remedy = 'Remove the source, or narrow the pattern of --exclude.';
    return imageFailure('COPY_SOURCE_MISSING', { what, remedy, at: copy.at });
  };
  for (const pattern of copy.sources) {
    if (copy.parents) {
      const found = findParents(source, pattern, copy.excluded);
      if (!found.ok) return failed(...found.failures.map((failure) => ({ ...failure, at: copy.at })));
      if (found.value) {
        items.push({ path: pattern, node: rootDirectory, name: '', parents: found.value });
        continue;
      }
      const whole = copy.excluded && findParents(source, pattern, undefined);
      const failure =
        whole?.ok && whole.value ? nothingLeft(pattern) : missing(`there is no ${pattern} to copy`);
      (hasGlob(pattern) ? unmatched : failures).push(failure);
      continue;
    }
    const matches = expandSources(source, pattern);
    if (!matches.ok) return failed(...matches.failures.map((failure) => ({ ...failure, at: copy.at })));
    if (matches.value.length === 0) unmatched.push(missing(`there is no ${pattern} to copy`));
    for (const match of matches.value) {
      const path = resolvePath(source, match);
      const node = path === undefined ? undefined : nodeAt(source, path);
      if (path === undefined || !node) {
        const link = source.get(match)?.type === 'symlink';
        failures.push(missing(link ? `the link ${match} leads to nothing` : `there is no ${match} to copy`));
      } else if (node.type !== 'directory' && copy.excluded?.(match, false)) {
        (hasGlob(pattern) ? unmatched : failures).push(nothingLeft(pattern));
      } else items.push({ path, node, name: baseName(match) });
    }
  }
  if (items.length === 0) failures.push(...unmatched);
  return failures.length > 0 ? failed(...failures) : ok(items);
}
