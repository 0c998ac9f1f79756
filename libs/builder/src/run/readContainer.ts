import type { LayerEntry, Tree } from '@prism-build/assemble';
import type { EntryHeader } from '@prism-build/oci';
import { readEntries } from './readResult';

interface ContainerChanges {
  /** The files that the command found. */
  readonly before: Tree;
  /** Paths that the engine calls different. */
  readonly differs: ReadonlySet<string>;
  readonly scratch: string;
}

/**
 * The entries of a layer with what a command changed, out of all files of its container. `open` gives the tar anew
 * with each call. The engine's list says which files were written; what is gone is what the tar lacks, since a
 * directory that was made anew hides more than the list says.
 */
export async function readContainer(
  open: () => AsyncIterable<Uint8Array>,
  { before, differs, scratch }: ContainerChanges,
): Promise<LayerEntry[]> {
  const there = new Set<string>();
  // Hard links to what did not change: their bytes are behind another name.
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
    // A line break ends a line of the list.
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
