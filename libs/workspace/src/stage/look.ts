import * as fs from 'node:fs';

export type Kind = 'file' | 'directory' | 'link' | 'none';

export interface Listed {
  readonly name: string;
  readonly kind: Kind;
}

/** Fingerprint of a file. Uses ctime: unlike mtime, a program cannot set it. All 0 if there is no file. */
export interface Fingerprint {
  readonly inode: number;
  readonly size: number;
  /** Milliseconds since 1970 (`ctime`). */
  readonly changed: number;
}

/** The result of one `lstat`. */
export interface Looked extends Fingerprint {
  readonly kind: Kind;
  readonly executable: boolean;
  /** Whether other contents may have the same mtime: of the file, or of the files below the directory. */
  readonly restamped: boolean;
}

export const nowhere: Looked = {
  kind: 'none',
  executable: false,
  restamped: false,
  inode: 0,
  size: 0,
  changed: 0,
};

type HashFile = (path: string) => string | null;
let hashFile: HashFile | undefined;

/** Nx's digest of the file that a link leads to; '' if it leads to anything else. Opening a pipe could block forever. */
export function hashTarget(absolute: string): string {
  try {
    return fs.statSync(absolute, { throwIfNoEntry: false })?.isFile() ? hashContents(absolute) : '';
  } catch {
    return '';
  }
}

/** Nx's digest of a file; '' if the file does not exist. Nx's native module is loaded already. */
export function hashContents(absolute: string): string {
  hashFile ??= (require('nx/src/native') as { hashFile: HashFile }).hashFile;
  return hashFile(absolute) ?? '';
}

export function readLink(absolute: string): string | undefined {
  try {
    return fs.readlinkSync(absolute);
  } catch {
    return undefined;
  }
}

const { S_IFREG, S_IFDIR, S_IFLNK } = fs.constants;
const kinds: ReadonlyMap<number, Kind> = new Map([
  [S_IFREG, 'file'],
  [S_IFDIR, 'directory'],
  [S_IFLNK, 'link'],
]);

/**
 * Examines a path without following a link at its end. The caller checks for links above it.
 *
 * @param above the directory that contains it; undefined for the workspace itself
 */
export function lookAt(absolute: string, above: Looked | undefined): Looked {
  try {
    const stat = fs.lstatSync(absolute, { throwIfNoEntry: false });
    if (!stat) return nowhere;
    const kind = kinds.get(stat.mode & fs.constants.S_IFMT) ?? 'none';
    const executable = kind === 'file' && (stat.mode & 0o100) !== 0;
    const restamped = above !== undefined && (above.restamped || isRestamped(kind, stat));
    return { kind, executable, restamped, inode: stat.ino, size: stat.size, changed: stat.ctimeMs };
  } catch {
    return nowhere;
  }
}

/**
 * Whether Nx may know other contents by these times. A write sets both times. They differ if a program set mtime
 * (ctime cannot be set), or if a directory was renamed: its files keep their times, which Nx knows in milliseconds.
 * Nx's daemon does not notice a write through another hard link.
 */
function isRestamped(kind: Kind, { mtimeMs, ctimeMs, nlink }: fs.Stats): boolean {
  return (kind === 'file' && nlink > 1) || (kind !== 'link' && mtimeMs !== ctimeMs);
}

/** The entries of a directory; empty if it cannot be read, which the build reports. */
export function readEntries(absolute: string): Listed[] {
  try {
    return fs.readdirSync(absolute, { withFileTypes: true }).map((entry) => ({
      name: entry.name,
      kind: entry.isSymbolicLink()
        ? 'link'
        : entry.isDirectory()
          ? 'directory'
          : entry.isFile()
            ? 'file'
            : 'none',
    }));
  } catch {
    return [];
  }
}

/** The path as seen from the process. Concatenates, because clean paths do not need `join`, which is slower. */
export function absoluteIn(root: string, path: string): string {
  return path === '' ? root : `${root}/${path}`;
}
