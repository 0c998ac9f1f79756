import { gzipSync } from 'node:zlib';
import { type Entry, writeLayerTar } from '@prism-build/oci';

/** A tar of entries, in the order of a layer. */
export function tarOf(entries: readonly Entry[]): Buffer {
  // The generator reuses its buffer.
  return Buffer.concat(Array.from(writeLayerTar(entries), (chunk) => Buffer.from(chunk)));
}

export function tarGzOf(entries: readonly Entry[]): Buffer {
  return gzipSync(tarOf(entries));
}

export const text = (content: string) => ({ kind: 'bytes', bytes: Buffer.from(content) }) as const;

/** One entry of every kind that an archive may hold without root, with owners and special bits. */
export const everyKind: readonly Entry[] = [
  { type: 'directory', path: 'app', mode: 0o750, uid: 10, gid: 20 },
  { type: 'file', path: 'app/run', mode: 0o4755, uid: 0, gid: 0, content: text('run\n') },
  { type: 'file', path: 'app/group', mode: 0o2755, uid: 7, gid: 8, content: text('g\n') },
  { type: 'hardlink', path: 'app/same', mode: 0o4755, uid: 0, gid: 0, linkTarget: 'app/run' },
  { type: 'symlink', path: 'app/link', mode: 0o777, uid: 1, gid: 2, linkTarget: 'run' },
  { type: 'symlink', path: 'app/away', mode: 0o777, uid: 0, gid: 0, linkTarget: '/etc/none' },
  { type: 'directory', path: 'app/tmp', mode: 0o1777, uid: 0, gid: 0 },
  { type: 'fifo', path: 'app/pipe', mode: 0o600, uid: 3, gid: 3 },
  { type: 'file', path: 'app/empty', mode: 0o400, uid: 0, gid: 0, content: text('') },
];

/** `f` with the text `x`, packed by bzip2, xz and zstd. */
export const packed = {
  bzip2:
    'QlpoOTFBWSZTWVRDiEsAAHB7hMmQAEBAAFeAAADhAJ5AAACACCAAVDSAAADQJKZTRpjUAB19xV3QgpNJCIlFCLZzIkkgYPWfthsEllRBNo4mhmWpF4RHBxmzWDPzSIgPi7kinChIKiHEJYA=',
  xz: '/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4Cf/AFtdADMAM1AYaImDAdzibiEFSnA3yYxx0vAMW/m/dcUw4TucolrZ/EhR2ZEmCpxX1cmxKf3BpPnlLCoi9taUkrOD/uTdVSB1g/d2d3JFwPBSx61UGj3hvTzxsYcHVAAAALGTYhsBgEdtAAF3gFAAAACUVpmvscRn+wIAAAAABFla',
  zstd: 'KLUv/WQAJ00CAMQCZgAwMDAwNjQ0MDAwMDAwMgAAMDA3NjU1ACAwAHVzdGFyICAAcm9vdAB4CgAKAPoF8EMDFAyFAyD8ACQHIoBBAxwrl/kJYAGr+YNb',
} as const;
