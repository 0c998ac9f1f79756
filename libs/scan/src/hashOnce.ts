import { statSync } from 'node:fs';
import { type Digest, hashFile } from '@prism-build/oci';
import { keep, readKept } from './kept';

/** A file that changed within this time, in milliseconds, may change again without a new ctime. */
const SETTLED = 2000;

/**
 * The digest of a large file, such as a scanner, a database or a layer. It is stored with the file's device, inode, size and
 * ctime, which every write changes, and a file with the same four is not read again. Throws file system errors.
 *
 * @param kept the directory of stored results; nothing is stored if it is left out
 */
export async function hashOnce(path: string, kept?: string): Promise<Digest> {
  const key = fingerprintOf(path);
  const known = kept === undefined ? undefined : readKept<Digest>(kept, key);
  if (known !== undefined) return known;
  const { digest } = hashFile(path);
  const settled = Date.now() - statSync(path).ctimeMs > SETTLED;
  if (kept !== undefined && settled && fingerprintOf(path) === key) await keep(kept, key, digest);
  return digest;
}

function fingerprintOf(path: string): string {
  const { dev, ino, size, ctimeNs } = statSync(path, { bigint: true });
  return `digest of ${dev} ${ino} ${size} ${ctimeNs}`;
}
