import { createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type Node, writeTree } from '@prism-build/assemble';
import { ok, type Result } from '@prism-build/errors';
import type { ContentStore, Descriptor } from '@prism-build/oci';
import { readTree } from '@prism-build/scan';
import { attempt } from '@prism-build/shell';

/**
 * Writes the files of an image into `<directory>/root`, as a container sees them; with owners if the process is root. Failures:
 * BLOB_CORRUPT, BLOB_MISSING, LAYER_UNREADABLE, DISK_FULL, FILE_UNWRITABLE.
 */
export async function writeRoot(
  store: ContentStore,
  layers: readonly Descriptor[],
  directory: string,
): Promise<Result<string>> {
  const contents = join(directory, 'contents');
  const tree = await readTree(store, layers, async (path, { header, content }) => {
    if (header.type !== 'file') return;
    const file = join(contents, path);
    mkdirSync(join(contents, path.slice(0, path.indexOf('/'))), { recursive: true });
    await pipeline(content, createWriteStream(file));
  });
  if (!tree.ok) return tree;
  const root = join(directory, 'root');
  // Hard links are the same object, before and after.
  const moved = new Map<Node, Node>();
  const move = (node: Node): Node => {
    if (node.type !== 'file' || node.content.kind !== 'file') return node;
    const known = moved.get(node);
    if (known) return known;
    const at = { ...node, content: { ...node.content, path: join(contents, node.content.path) } };
    moved.set(node, at);
    return at;
  };
  const nodes = new Map([...tree.value].map(([path, node]) => [path, move(node)]));
  const written = await attempt(`cannot write ${root}`, () => writeTree(nodes, root));
  return written.ok ? ok(root) : written;
}
