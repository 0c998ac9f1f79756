import { dirname } from 'node:path';
import type { Tree } from '@prism-build/assemble';
import { type Failure, ociFailure } from '@prism-build/errors';
import type { hashFile } from '@prism-build/oci';
import { writeFileAtomic } from '@prism-build/shell';
import { digestSize, encodeTable, readTable } from './digestTable';
import { fingerprintSize, readFingerprint, settledBefore } from './fingerprint';

interface ContextDigests {
  /** sha256 (binary) of a file's content. `number` counts the tree's files that are on the disk, from 0. */
  readonly digestOf: (number: number) => Buffer;
  /** LAYER_SOURCE_CHANGED for each file whose content changed meanwhile: the image may not match its cache key. */
  readonly findChanged: () => Promise<readonly Failure[]>;
}

type Hash = (path: string, size: number) => Promise<ReturnType<typeof hashFile>>;

/**
 * Digests of the files of a tree. Does not read a file whose fingerprint is in the table of an earlier run (`path`). The
 * new table contains only this tree's files, so it stays bounded. Throws file system errors.
 */
export async function digestContext(tree: Tree, path: string, hash: Hash): Promise<ContextDigests> {
  const table = readTable(path);
  const settled = settledBefore(dirname(path));
  const files = [...tree.values()].flatMap((node) =>
    node.type === 'file' && node.content.kind === 'file' ? [node.content] : [],
  );
  // One buffer for all files: a buffer for each file would take several times the memory.
  const fingerprints = Buffer.alloc(files.length * fingerprintSize);
  const digests = Buffer.alloc(files.length * digestSize);
  const fingerprintOf = (number: number) =>
    fingerprints.subarray(number * fingerprintSize, (number + 1) * fingerprintSize);
  const digestOf = (number: number) => digests.subarray(number * digestSize, (number + 1) * digestSize);
  const recorded: number[] = [];
  for (const [number, { path: file, size }] of files.entries()) {
    const fingerprint = fingerprintOf(number);
    const changed = readFingerprint(file, fingerprint);
    const before = table.find(fingerprint);
    (before ?? binary(await hash(file, size))).copy(digests, number * digestSize);
    // Checks again: a file that was written during hashing gets no entry.
    if (changed < settled && (before || hasFingerprint(file, fingerprint))) recorded.push(number);
  }
  const next = encodeTable(fingerprints, digests, recorded);
  if (!next.equals(table.bytes)) writeFileAtomic(path, next);
  return {
    digestOf,
    findChanged: async () => {
      const failures: Failure[] = [];
      for (const [number, { path: file, size }] of files.entries()) {
        if (hasFingerprint(file, fingerprintOf(number))) continue;
        // A new mode or name changes ctime too; only other content is a failure.
        if (binary(await hash(file, size)).equals(digestOf(number))) continue;
        failures.push(
          ociFailure('LAYER_SOURCE_CHANGED', { what: `${file} changed while the image was built.` }),
        );
      }
      return failures;
    },
  };
}

const scratch = Buffer.alloc(fingerprintSize);

function hasFingerprint(file: string, fingerprint: Buffer): boolean {
  readFingerprint(file, scratch);
  return scratch.equals(fingerprint);
}

function binary({ digest }: ReturnType<typeof hashFile>): Buffer {
  return Buffer.from(digest.slice('sha256:'.length), 'hex');
}
