import { createHash } from 'node:crypto';
import { type EntryHeader, readLayer } from '@prism-build/oci';

type Flat = EntryHeader & { readonly sha256: string; readonly inode: object };

/** Applies layers (uncompressed tars, lowest first) as the OCI image spec says, and lists what a stat would tell. */
export async function flattenLayers(
  layers: readonly AsyncIterable<Uint8Array>[],
): Promise<Map<string, string>> {
  const tree = new Map<string, Flat>();
  for (const layer of layers) await applyLayer(tree, layer);
  return describeTree(tree);
}

async function applyLayer(tree: Map<string, Flat>, tar: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const { header, content } of readLayer(tar)) {
    const slash = header.path.lastIndexOf('/') + 1;
    const [directory, name] = [header.path.slice(0, slash), header.path.slice(slash)];
    if (name === '.wh..wh..opq') removeBelow(tree, directory);
    else if (name.startsWith('.wh.')) remove(tree, `${directory}${name.slice(4)}`);
    else {
      const hash = createHash('sha256');
      if (header.type === 'file') for await (const chunk of content) hash.update(chunk);
      if (header.type !== 'directory' || tree.get(header.path)?.type !== 'directory')
        remove(tree, header.path);
      const linked = header.type === 'hardlink' ? tree.get(header.linkTarget) : undefined;
      if (header.type === 'hardlink' && !linked) throw new Error(`${header.path} links to nothing`);
      const made = linked ?? { ...header, sha256: hash.digest('hex').slice(0, 12), inode: {} };
      addParents(tree, directory);
      tree.set(header.path, made);
    }
  }
}

/** Directories that no layer names: an engine makes them. */
function addParents(tree: Map<string, Flat>, directory: string): void {
  const path = directory.slice(0, -1);
  if (path === '' || tree.has(path)) return;
  addParents(tree, path.slice(0, path.lastIndexOf('/') + 1));
  tree.set(path, { type: 'directory', path, mode: 0o755, uid: 0, gid: 0, sha256: '', inode: {} });
}

function remove(tree: Map<string, Flat>, path: string): void {
  tree.delete(path);
  removeBelow(tree, `${path}/`);
}

function removeBelow(tree: Map<string, Flat>, prefix: string): void {
  for (const path of [...tree.keys()]) if (path.startsWith(prefix)) tree.delete(path);
}

function describeTree(tree: ReadonlyMap<string, Flat>): Map<string, string> {
  const paths = new Map<object, string[]>();
  for (const [path, { inode }] of tree) paths.set(inode, [...(paths.get(inode) ?? []), path]);
  const fields = new Map<string, string>();
  for (const [path, node] of tree) {
    const set = (field: string, value: string) => fields.set(`/${path} ${field}`, value);
    set('type', node.type);
    set('owner', `${node.uid}:${node.gid}`);
    if (node.type === 'symlink') set('link', node.linkTarget);
    else set('mode', node.mode.toString(8).padStart(4, '0'));
    if (node.type === 'file') set('content', node.sha256);
    if (node.type === 'char' || node.type === 'block') set('device', `${node.major}:${node.minor}`);
    const same = paths.get(node.inode)!;
    if (same.length > 1) set('links', same.sort().join(' '));
  }
  return fields;
}
