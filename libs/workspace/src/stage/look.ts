import * as fs from 'node:fs';

export type Kind = 'file' | 'directory' | 'link' | 'none';

export interface Listed {
  readonly name: string;
  readonly kind: Kind;
}

/** Changes with a file: no times besides that of the last change, since nobody can set that one. All 0: there is none. */
export interface Signature {
  readonly inode: number;
  readonly size: number;
  /** Milliseconds since 1970 (`ctime`). */
  readonly changed: number;
}

/** What one look at a path says. */
export interface Looked extends Signature {
  readonly kind: Kind;
  readonly executable: boolean;
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

/** Nx has loaded its native part long before us; a file that is gone again has no contents. */
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

/** Does not follow a link at the end of the path; the caller checks for links on the way. */
export function lookAt(absolute: string): Looked {
  try {
    const stat = fs.lstatSync(absolute, { throwIfNoEntry: false });
    if (!stat) return nowhere;
    const kind = kinds.get(stat.mode & fs.constants.S_IFMT) ?? 'none';
    const executable = kind === 'file' && (stat.mode & 0o100) !== 0;
    // A write sets both times, and nobody can set the other one.
    const restamped = kind === 'file' && stat.mtimeMs !== stat.ctimeMs;
    return { kind, executable, restamped, inode: stat.ino, size: stat.size, changed: stat.ctimeMs };
  } catch {
    return nowhere;
  }
}

/** Empty for a directory that cannot be read: the build reports that. */
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

/** The directory above a file or directory; that of the workspace is '', and above itself. */
export function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** Paths are clean: nothing is left for `join` to do. */
export function absoluteIn(root: string, path: string): string {
  return path === '' ? root : `${root}/${path}`;
}
