import { parentOf } from '@prism-build/containerfile';
import type { Node } from './node';

/** Whether `--exclude` leaves out a path; relative to what is copied, see `listBelow`. */
export type Excluded = (path: string, isDirectory: boolean) => boolean;

/**
 * The contents of a directory without those that `--exclude` names, as paths relative to it. Keeps the directories of
 * files that an exception (`!`) includes again, with their modes.
 */
export function dropExcluded(
  nodes: readonly (readonly [string, Node])[],
  excluded: Excluded | undefined,
): (readonly [string, Node])[] {
  if (!excluded) return [...nodes];
  const kept = new Set<string>();
  for (const [path, node] of nodes) {
    if (excluded(path, node.type === 'directory')) continue;
    for (let at = path; at !== '' && !kept.has(at); at = parentOf(at)) kept.add(at);
  }
  return nodes.filter(([path]) => kept.has(path));
}
