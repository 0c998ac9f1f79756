import type { LayerEntry, Tree } from '@prism-build/assemble';
import type { EntryHeader } from '@prism-build/oci';
import { readEntries } from './readResult';

interface ContainerChanges {
  /** The files before the command ran. */
  readonly before: Tree;
  /** Paths that the engine lists as changed. */
  readonly differs: ReadonlySet<string>;
  readonly scratch: string;
}

/**
 * A command's changes as entries of a layer, from a tar of all files of its container. Each call of `open` starts the tar
 * from the beginning. Written files come from the engine's list. Removed files are those that the tar lacks: the list
 * omits some below a directory that was removed and created again.
 */
export async function readContainer(
  open: () => AsyncIterable<Uint8Array>,
  { before, differs, scratch }: ContainerChanges,
): Promise<LayerEntry[]> {
  const there = new Set<string>();
  // Hard links to unchanged files: the tar has the content under another name.
  const sources = new Map<string, string[]>();
  const nothing = await readEntries(open(), scratch, (header) => {
    there.add(header.path);
    if (header.type === 'hardlink' && isWanted(header.path) && !isWanted(header.linkTarget))
      sources.set(header.linkTarget, [...(sources.get(header.linkTarget) ?? []), header.path]);
    return false;
  });
  const links = new Set([...sources.values()].flat());
  const read = await readEntries(
    open(),
    scratch,
    ({ path }) => sources.has(path) || (isWanted(path) && !links.has(path)),
  );
  const entries = read.flatMap((entry) => {
    const names = sources.get(entry.header.path);
    return names ? names.map((path) => ({ ...entry, header: { ...entry.header, path } })) : [entry];
  });
  return [...nothing, ...listGone(), ...entries];

  function isWanted(path: string): boolean {
    // A name with a line break does not fit into the engine's list, which has one path a line.
    return differs.has(path) || (path.includes('\n') && !before.has(path));
  }

  function listGone(): LayerEntry[] {
    return [...before.keys()]
      .filter((path) => !there.has(path))
      .map((path) => {
        const at = path.lastIndexOf('/') + 1;
        const header: EntryHeader = {
          ...{ type: 'file', path: `${path.slice(0, at)}.wh.${path.slice(at)}` },
          ...{ mode: 0o644, uid: 0, gid: 0, mtime: 0 },
        };
        return { header, size: 0, path: '' };
      });
  }
}
