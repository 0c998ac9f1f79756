import * as fs from 'node:fs';
import { join } from 'node:path';

/** Bytes of a key: device, inode, size and time of the last change, 64 bits each. */
export const keySize = 32;

/** A change within this time of a look may leave no trace in the time of a file: the coarsest clock of a file system. */
const coarsest = 2_000_000_000n;

/**
 * What tells that a file is still the same. Uses ctime: unlike mtime, a program cannot set it. `changed` is that time, in
 * nanoseconds since 1970.
 */
export function readKey(path: string): { readonly key: Buffer; readonly changed: bigint } {
  const { dev, ino, size, ctimeNs } = fs.statSync(path, { bigint: true });
  const key = Buffer.alloc(keySize);
  for (const [at, value] of [dev, ino, size, ctimeNs].entries())
    key.writeBigUInt64BE(BigInt.asUintN(64, value), 8 * at);
  return { key, changed: ctimeNs };
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
