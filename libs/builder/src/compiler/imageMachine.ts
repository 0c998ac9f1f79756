import { readFileSync } from 'node:fs';
import { type Images, nodeAt, resolvePath, type Tree } from '@prism-build/assemble';
import type { Result } from '@prism-build/errors';
import type { Machine } from '@prism-build/languages';
import type { Content } from '@prism-build/oci';

/**
 * Calls `ask` with the files of an image in place of this machine's. Files are extracted from layers only when `ask`
 * reads them, so `ask` is called again until it reads no further file.
 */
export async function askImage<T>(
  tree: Tree,
  path: readonly string[],
  images: Images,
  ask: (machine: Machine) => Result<T>,
): Promise<Result<T>> {
  const there = new Set<Content>();
  for (;;) {
    const wanted = new Set<Content>();
    const read = (file: string): string | undefined => {
      const node = find(tree, file);
      if (node?.type !== 'file') return undefined;
      if (there.has(node.content)) return readContent(node.content);
      wanted.add(node.content);
      return undefined;
    };
    const answer = ask({
      path,
      readText: (file) => (file === dpkgStatus ? readStatus(tree, read) : read(file)),
      isExecutable: (file) => {
        const node = find(tree, file);
        return node?.type === 'file' && (node.mode & 0o111) !== 0;
      },
      realPath: (file) => `/${resolvePath(tree, file) ?? ''}`,
    });
    if (wanted.size === 0) return answer;
    const provided = await images.provide(wanted);
    if (!provided.ok) return provided;
    for (const content of wanted) there.add(content);
  }
}

const dpkgStatus = '/var/lib/dpkg/status';

/** Bases of packages store dpkg's database as distroless images do: one file for each installed package. */
function readStatus(tree: Tree, read: (file: string) => string | undefined): string | undefined {
  const names = [...tree.keys()].filter((path) => /^var\/lib\/dpkg\/status\.d\/[^/]+$/.test(path));
  if (names.length === 0) return read(dpkgStatus);
  const paragraphs = names.map((name) => `Status: install ok installed\n${(read(name) ?? '').trim()}\n`);
  return paragraphs.join('\n');
}

function find(tree: Tree, file: string) {
  const path = resolvePath(tree, file);
  return path === undefined ? undefined : nodeAt(tree, path);
}

function readContent(content: Content): string {
  return content.kind === 'bytes'
    ? Buffer.from(content.bytes).toString()
    : readFileSync(content.path, 'utf8');
}
