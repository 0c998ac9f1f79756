import { type Keep, type Node, readTarTree, type Tree, toTreePath } from '@prism-build/assemble';
import { type IgnoreMatcher, parseIgnoreFile } from '@prism-build/containerfile';
import { failed, ok, type Result, rootfsFailure } from '@prism-build/errors';
import { unzipSync } from 'fflate';
import { decompressTar } from '../deb/decompress';
import type { RootfsArchive } from '../schema';

/** The entries of an archive by path from the image's root: stripped, filtered, with modes for entries without one. */
export async function readArchiveTree(
  archive: RootfsArchive,
  name: string,
  bytes: Uint8Array,
  keep: Keep,
): Promise<Result<Tree>> {
  const rules = [archive.exclude, archive.executable].map((patterns) => parseRules(patterns, archive.to));
  const [exclude, executable] = rules as [Result<IgnoreMatcher>, Result<IgnoreMatcher>];
  if (!exclude.ok) return exclude;
  if (!executable.ok) return executable;
  const placed = (path: string): string | undefined => {
    const inner = toTreePath(path).split('/').slice(archive.strip).join('/');
    return inner === '' || exclude.value.ignores(inner, false) ? undefined : inner;
  };
  try {
    const read = isZip(bytes) ? await readZip(bytes, placed, keep) : await readTar(name, bytes, keep);
    const tree = new Map<string, Node>();
    for (const [path, node] of read) {
      const inner = isZip(bytes) ? path : placed(path);
      if (inner === undefined) continue;
      const runs = node.type === 'file' && executable.value.ignores(inner, false);
      tree.set(`${archive.to}/${inner}`, runs ? { ...node, mode: 0o755 } : node);
    }
    return ok(tree);
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'syscall' in error) throw error;
    const why = error instanceof Error ? error.message : String(error);
    return failed(rootfsFailure('PACKAGE_INVALID', { what: `${name} is not a usable archive`, why }));
  }
}

function parseRules(patterns: readonly string[], to: string): Result<IgnoreMatcher> {
  return parseIgnoreFile(patterns.join('\n'), `the archive for ${to}`);
}

async function readTar(name: string, bytes: Uint8Array, keep: Keep): Promise<Tree> {
  const tar = decompressTar(name, bytes);
  if (!tar) throw new Error('it is neither zip nor tar, plain, gzip, xz or zstd');
  return readTarTree(tar, keep);
}

/** Inflates only wanted files. Ignores modes: zip archives here are Go modules, which have none. */
async function readZip(
  bytes: Uint8Array,
  placed: (path: string) => string | undefined,
  keep: Keep,
): Promise<Tree> {
  const tree = new Map<string, Node>();
  const wanted = ({ name }: { name: string }) => !name.endsWith('/') && placed(name) !== undefined;
  const names: string[] = [];
  unzipSync(bytes, {
    filter: (file) => {
      if (wanted(file)) names.push(file.name);
      return false;
    },
  });
  // One after the other, so that only one file is in memory.
  for (const batch of batches(names, 500)) {
    const chosen = new Set(batch);
    for (const [name, content] of Object.entries(
      unzipSync(bytes, { filter: (file) => chosen.has(file.name) }),
    )) {
      const node: Node = {
        type: 'file',
        mode: 0o644,
        uid: 0,
        gid: 0,
        content: await keep(content.length, oneChunk(content)),
      };
      tree.set(placed(name)!, node);
    }
  }
  return tree;
}

function* batches<T>(items: readonly T[], size: number): Generator<readonly T[]> {
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size);
}

async function* oneChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4;
}
