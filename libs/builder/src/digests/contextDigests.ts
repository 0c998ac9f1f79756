import { dirname } from 'node:path';
import type { Tree } from '@prism-build/assemble';
import { type Failure, ociFailure } from '@prism-build/errors';
import type { hashFile } from '@prism-build/oci';
import { writeFileAtomic } from '@prism-build/shell';
import { digestSize, encodeTable, readTable } from './digestTable';
import { keySize, readKey, settledBefore } from './fileKey';

interface ContextDigests {
  /** sha256 of the content of a file of the tree, by its number among those that lie on the disk. In binary. */
  readonly digestOf: (number: number) => Buffer;
  /** A failure for each file whose content has changed since: the image may contain it, but its key does not. */
  readonly findChanged: () => Promise<readonly Failure[]>;
}

type Hash = (path: string, size: number) => Promise<ReturnType<typeof hashFile>>;

/**
 * Digests of the files of a tree. A file whose key is known from an earlier run is not read again. `path` holds only the
 * keys of this tree, so it never grows beyond the tree. Throws file system errors.
 */
export async function digestContext(tree: Tree, path: string, hash: Hash): Promise<ContextDigests> {
  const known = readTable(path);
  const settled = settledBefore(dirname(path));
  const files = [...tree.values()].flatMap((node) =>
    node.type === 'file' && node.content.kind === 'file' ? [node.content] : [],
  );
  // One buffer for all files: a buffer for each file would take several times the memory.
  const keys = Buffer.alloc(files.length * keySize);
  const digests = Buffer.alloc(files.length * digestSize);
  const keyOf = (number: number) => keys.subarray(number * keySize, (number + 1) * keySize);
  const digestOf = (number: number) => digests.subarray(number * digestSize, (number + 1) * digestSize);
  const kept: number[] = [];
  for (const [number, { path: file, size }] of files.entries()) {
    const key = keyOf(number);
    const changed = readKey(file, key);
    const before = known.find(key);
    (before ?? binary(await hash(file, size))).copy(digests, number * digestSize);
    // Checked again: a file that was written while it was read gets no entry.
    if (changed < settled && (before || hasKey(file, key))) kept.push(number);
  }
  const table = encodeTable(keys, digests, kept);
  if (!table.equals(known.bytes)) writeFileAtomic(path, table);
  return {
    digestOf,
    findChanged: async () => {
      const failures: Failure[] = [];
      for (const [number, { path: file, size }] of files.entries()) {
        if (hasKey(file, keyOf(number))) continue;
        // A changed mode or name changes the time too.
        if (binary(await hash(file, size)).equals(digestOf(number))) continue;
        failures.push(
          ociFailure('LAYER_SOURCE_CHANGED', { what: `${file} changed while the image was built.` }),
        );
      }
      return failures;
    },
  };
}

const scratch = Buffer.alloc(keySize);

function hasKey(file: string, key: Buffer): boolean {
  readKey(file, scratch);
  return scratch.equals(key);
}

function binary({ digest }: ReturnType<typeof hashFile>): Buffer {
  return Buffer.from(digest.slice('sha256:'.length), 'hex');
}
