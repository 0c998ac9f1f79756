import * as fs from 'node:fs';
import { join } from 'node:path';

/** Bytes of a fingerprint: device, inode, size and ctime, 64 bits each. */
export const fingerprintSize = 32;

/** The coarsest clock of a file system: a change this soon after a check may leave the file's time unchanged. */
const coarsest = 2_000_000_000n;

/**
 * Writes a file's fingerprint into a buffer of `fingerprintSize` bytes. Uses ctime: unlike mtime, a program cannot set
 * it. Returns the ctime in nanoseconds since 1970.
 */
export function readFingerprint(path: string, fingerprint: Buffer): bigint {
  const { dev, ino, size, ctimeNs } = fs.statSync(path, { bigint: true });
  fingerprint.writeBigUInt64BE(BigInt.asUintN(64, dev), 0);
  fingerprint.writeBigUInt64BE(BigInt.asUintN(64, ino), 8);
  fingerprint.writeBigUInt64BE(BigInt.asUintN(64, size), 16);
  fingerprint.writeBigUInt64BE(BigInt.asUintN(64, ctimeNs), 24);
  return ctimeNs;
}

/**
 * The time, in nanoseconds since 1970, before which a file's last change must lie for its fingerprint to identify the
 * content. Any later change then gives the file another ctime, even if the file system's clock is behind this machine's.
 */
export function settledBefore(directory: string): bigint {
  fs.mkdirSync(directory, { recursive: true });
  const probe = fs.mkdtempSync(join(directory, '.tmp-clock-'));
  const { ctimeNs } = fs.statSync(probe, { bigint: true });
  fs.rmdirSync(probe);
  const here = BigInt(Date.now()) * 1_000_000n;
  return (ctimeNs < here ? ctimeNs : here) - coarsest;
}
