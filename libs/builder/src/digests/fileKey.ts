import * as fs from 'node:fs';
import { join } from 'node:path';

/** Bytes of a key: device, inode, size and time of the last change, 64 bits each. */
export const keySize = 32;

/** The coarsest clock of a file system: a change this soon after a check may leave the file's time unchanged. */
const coarsest = 2_000_000_000n;

/**
 * Writes the identity of a file's content into `key`. Uses ctime: unlike mtime, a program cannot set it. Returns that
 * time, in nanoseconds since 1970.
 */
export function readKey(path: string, key: Buffer): bigint {
  const { dev, ino, size, ctimeNs } = fs.statSync(path, { bigint: true });
  key.writeBigUInt64BE(BigInt.asUintN(64, dev), 0);
  key.writeBigUInt64BE(BigInt.asUintN(64, ino), 8);
  key.writeBigUInt64BE(BigInt.asUintN(64, size), 16);
  key.writeBigUInt64BE(BigInt.asUintN(64, ctimeNs), 24);
  return ctimeNs;
}

/**
 * A key identifies a content only if the file's last change was before this time, in nanoseconds since 1970. Any later
 * change then gives the file another time, even if the file system's clock is behind this machine's.
 */
export function settledBefore(directory: string): bigint {
  fs.mkdirSync(directory, { recursive: true });
  const probe = fs.mkdtempSync(join(directory, '.tmp-clock-'));
  const { ctimeNs } = fs.statSync(probe, { bigint: true });
  fs.rmdirSync(probe);
  const here = BigInt(Date.now()) * 1_000_000n;
  return (ctimeNs < here ? ctimeNs : here) - coarsest;
}
