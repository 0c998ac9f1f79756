import { parentOf } from '@prism-build/containerfile';
import { below, type Collector, joinInside, type SourceReader } from '../closure';
import { matchesName } from '../within';

/**
 * Adds everything that a pattern of `//go:embed` matches, whatever the suffix: files, and directories with all files
 * below.
 */
export function addEmbed(written: string, directory: string, reader: SourceReader, out: Collector): void {
  const pattern = written.replace(/^all:/, '');
  const path = joinInside(directory, pattern);
  if (path === undefined) return;
  const parts = path.split('/');
  const wild = parts.findIndex((part) => /[*?[\\]/.test(part));
  // A wildcard in the middle of the path, or `[…]`: adds the whole directory that contains it.
  const vague = wild >= 0 && (wild < parts.length - 1 || /[[\\]/.test(parts[wild]!));
  if (vague || path === directory) {
    addTree(vague ? parts.slice(0, wild).join('/') : path, reader, out);
    return;
  }
  const [parent, last] = [parentOf(path), parts.at(-1)!];
  out.add(wild < 0 ? { kind: 'file', path } : { kind: 'files', path: parent, names: last });
  for (const entry of reader.list(parent)) {
    if (!matchesName(last, entry.name)) continue;
    if (entry.directory) addTree(below(parent, entry.name), reader, out);
    else out.keep(entry.name);
  }
}

function addTree(path: string, reader: SourceReader, out: Collector): void {
  out.add({ kind: 'tree', path });
  const visit = (directory: string): void => {
    for (const entry of reader.list(directory))
      if (entry.directory) visit(below(directory, entry.name));
      else out.keep(entry.name);
  };
  visit(path);
}
