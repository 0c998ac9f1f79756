import * as fs from 'node:fs';
import { join } from 'node:path';

/** Bytes of a key: device, inode, size and time of the last change, 64 bits each. */
export const keySize = 32;

/** A change within this time of a look may leave no trace in the time of a file: the coarsest clock of a file system. */
const coarsest = 2_000_000_000n;

/**
 * Writes into `key` what tells that a file is still the same. Uses ctime: unlike mtime, a program cannot set it. Gives that
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
 * The time before which a file must have changed so that its key may stand for its content, in nanoseconds since 1970:
 * whatever changes it from now on gives it a later one, also where the file system's clock is behind this machine's.
 */
export function settledBefore(directory: string): bigint {
  fs.mkdirSync(directory, { recursive: true });
  const probe = fs.mkdtempSync(join(directory, '.tmp-clock-'));
  const { ctimeNs } = fs.statSync(probe, { bigint: true });
  fs.rmdirSync(probe);
  const here = BigInt(Date.now()) * 1_000_000n;
  return (ctimeNs < here ? ctimeNs : here) - coarsest;
}
