import { statSync } from 'node:fs';
import { type Digest, hashFile } from '@prism-build/oci';
import { keep, readKept } from './kept';

/** A file that changed within this time, in milliseconds, may change again without a new ctime. */
const SETTLED = 2000;

/** Bytes. A smaller file is hashed faster than its digest is stored and synchronized. Nx replaces outputs in every run. */
export const LARGE = 1 << 20;

/**
 * The digest of a large file, such as a scanner, a database or a layer. It is stored with the file's device, inode, size and
 * ctime, which every write changes, and a file with the same four is not read again. Throws file system errors.
 *
 * @param kept the directory of stored results; nothing is stored if it is left out, or for a file of less than LARGE
 */
export async function hashOnce(path: string, kept?: string): Promise<Digest> {
  if (kept === undefined || statSync(path).size < LARGE) return hashFile(path).digest;
  const key = fingerprintOf(path);
  const known = readKept<Digest>(kept, key);
  if (known !== undefined) return known;
  const { digest } = hashFile(path);
  const settled = Date.now() - statSync(path).ctimeMs > SETTLED;
  if (settled && fingerprintOf(path) === key) await keep(kept, key, digest);
  return digest;
}

function fingerprintOf(path: string): string {
  const { dev, ino, size, ctimeNs } = statSync(path, { bigint: true });
  return `digest of ${dev} ${ino} ${size} ${ctimeNs}`;
}
