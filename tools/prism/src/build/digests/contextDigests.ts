import { dirname } from 'node:path';
import type { Tree } from '@prism-build/assemble';
import { type Failure, ociFailure } from '@prism-build/errors';
import type { hashFile } from '@prism-build/oci';
import { writeFileAtomic } from '@prism-build/shell';
import { encodeTable, readTable } from './digestTable';
import { readKey, settledBefore } from './fileKey';

export interface ContextDigests {
  /** sha256 of the content of each file of the tree, in binary, in its order. */
  readonly digests: readonly Buffer[];
  /** A failure for each file whose content has changed since: it may be in an image, and is not in its key. */
  readonly findChanged: () => Promise<readonly Failure[]>;
}

type Hash = (path: string, size: number) => Promise<ReturnType<typeof hashFile>>;

/**
 * Digests of the files of a tree. A file whose key is known from an earlier run is not read again. `path` holds the keys,
 * of this tree alone, so that it is never longer than the tree. Throws what the file system throws.
 */
export async function digestContext(tree: Tree, path: string, hash: Hash): Promise<ContextDigests> {
  const known = readTable(path);
  const settled = settledBefore(dirname(path));
  const files = [...tree.values()].flatMap((node) =>
    node.type === 'file' && node.content.kind === 'file' ? [node.content] : [],
  );
  const records: [key: Buffer, digest: Buffer][] = [];
  const digests: Buffer[] = [];
  const seen: Buffer[] = [];
  for (const { path: file, size } of files) {
    const { key, changed } = readKey(file);
    const digest = known.find(key) ?? binary(await hash(file, size));
    digests.push(digest);
    seen.push(key);
    // Looked at again: a file that was written while it was read keeps no digest.
    if (changed < settled && (known.find(key) || readKey(file).key.equals(key))) records.push([key, digest]);
  }
  const table = encodeTable(records);
  if (!table.equals(known.bytes)) writeFileAtomic(path, table);
  return {
    digests,
    findChanged: async () => {
      const failures: Failure[] = [];
      for (const [at, { path: file, size }] of files.entries()) {
        if (readKey(file).key.equals(seen[at]!)) continue;
        // Another mode or another name changes the time too.
        if (binary(await hash(file, size)).equals(digests[at]!)) continue;
        failures.push(
          ociFailure('LAYER_SOURCE_CHANGED', { what: `${file} changed while the image was built.` }),
        );
      }
      return failures;
    },
  };
}

function binary({ digest }: ReturnType<typeof hashFile>): Buffer {
  return Buffer.from(digest.slice('sha256:'.length), 'hex');
}
