import { compileGlob, hasGlob, parentOf } from '@prism-build/containerfile';
import { ok, type Result } from '@prism-build/errors';
import { dropExcluded, type Excluded } from './excluded';
import { expandSources } from './glob';
import type { Node, Tree } from './node';
import { entriesBelow, joinPath, nodeAt, resolvePath } from './tree';

/** The nodes that a source of `COPY --parents` names, by paths below the destination; undefined if there are none. */
type ParentNodes = ReadonlyMap<string, Node> | undefined;

/**
 * Finds a source of `COPY --parents` as BuildKit does: directories begin behind the pivot (`/./`), patterns with
 * wildcards and those of `--exclude` are patterns of an ignore file below it, and directories are included if something
 * in them is. A source without wildcards is followed if it is a link, as in a copy without the flag.
 */
export function findParents(source: Tree, text: string, excluded: Excluded | undefined): Result<ParentNodes> {
  const at = text.indexOf('/./');
  const pivots = at < 0 ? ok(['']) : expandSources(source, text.slice(0, at));
  if (!pivots.ok) return pivots;
  const pattern = at < 0 ? text : text.slice(at + 3);
  const all = new Map<string, Node>();
  for (const pivot of pivots.value) {
    const root = resolvePath(source, pivot);
    if (root === undefined || nodeAt(source, root)?.type !== 'directory') continue;
    const found = hasGlob(pattern) ? matchBelow(source, root, pattern) : readPath(source, root, pattern);
    for (const [path, node] of dropExcluded(found, excluded)) all.set(path, node);
  }
  return ok(all.size > 0 ? all : undefined);
}

type Found = (readonly [string, Node])[];

/** The matches of a pattern below a directory, with their contents and parent directories. */
function matchBelow(source: Tree, root: string, pattern: string): Found {
  const matches = compileGlob(pattern, 'ignore') ?? (() => false);
  const start = root === '' ? 0 : root.length + 1;
  const nodes: Found = [...entriesBelow(source, root)].map(([path, node]) => [path.slice(start), node]);
  const taken = new Set<string>();
  const kept = new Set<string>();
  for (const [path] of nodes) {
    if (!taken.has(parentOf(path)) && !matches(path)) continue;
    taken.add(path);
    for (let at = path; at !== '' && !kept.has(at); at = parentOf(at)) kept.add(at);
  }
  return nodes.filter(([path]) => kept.has(path));
}

/** A path that the source names, its links followed inside the tree, with the directories above as it names them. */
function readPath(source: Tree, root: string, path: string): Found {
  const place = resolvePath(source, joinPath(root, path));
  const node = place === undefined ? undefined : nodeAt(source, place);
  if (place === undefined || !node) return [];
  const above: Found = [];
  for (let at = parentOf(path); at !== ''; at = parentOf(at)) {
    const real = resolvePath(source, joinPath(root, at));
    const parent = real === undefined ? undefined : nodeAt(source, real);
    if (parent) above.unshift([at, parent]);
  }
  const start = place === '' ? 0 : place.length + 1;
  const inner = node.type === 'directory' ? [...entriesBelow(source, place)] : [];
  return [
    ...above,
    ...(path === '' ? [] : [[path, node] as const]),
    ...inner.map(([one, found]) => [joinPath(path, one.slice(start)), found] as const),
  ];
}
