import * as fs from 'node:fs';
import { readText, readTextIfThere } from '@prism-build/shell';
import { type Facts, settled } from './facts';

export type Kind = 'file' | 'directory' | 'link' | 'none';

export interface Listed {
  readonly name: string;
  readonly kind: Kind;
}

/** Files of a workspace by their paths, clean and relative to it. Each is looked at once, however many ask. */
export interface Files {
  /** `link` also for what lies behind one: nobody here follows links. */
  readonly kindOf: (path: string) => Kind;
  /** What a build sees of a path besides a file's contents. */
  readonly stateOf: (path: string) => State;
  /** A digest of a file's contents, also of one behind a link: Nx's own (`hashFile`). '' where there is no file. */
  readonly contentsOf: (path: string) => string;
  readonly list: (path: string) => readonly Listed[];
  /** Names of the links and of the directories that a directory holds; not listed again while it is as it was. */
  readonly branches: (path: string) => Branches;
  /** What `parse` makes of a file's text; undefined where there is no file. */
  readonly facts: <T>(path: string, kind: string, parse: (text: string) => T) => T | undefined;
  /** The text of a file, also of one behind a link; undefined where there is none. Throws what the system says. */
  readonly text: (path: string) => string | undefined;
  /** What a link leads to; undefined where there is none, and behind another link. */
  readonly linkOf: (path: string) => string | undefined;
  /** Does some work for a directory, and says what it saw of the files. */
  readonly watch: <T>(
    directory: string,
    work: () => T,
  ) => { readonly value: T; readonly witness: Witness | undefined };
  /** Changes with what a path of a witness stands for: as long as all are as they were, the same work ends the same. */
  readonly signatureOf: (path: string) => Signature;
}

/** What a build sees of a path and a digest of contents does not say. */
export interface State {
  readonly kind: Kind;
  /** Whether its owner may execute a file: the one bit of a mode that git, and an image, knows. */
  readonly executable: boolean;
  /** Whether somebody set the time of a file (`touch -d`, `rsync -t`, tar): other contents may have the same. */
  readonly restamped: boolean;
  /** What a link leads to, as it is written; undefined for all else, and behind another link. */
  readonly target: string | undefined;
}

/** Changes with a file: no times besides that of the last change, since nobody can set that one. All 0: there is none. */
export interface Signature {
  readonly inode: number;
  readonly size: number;
  /** Milliseconds since 1970 (`ctime`). */
  readonly changed: number;
}

export function isSame(one: Signature, other: Signature): boolean {
  return one.inode === other.inode && one.size === other.size && one.changed === other.changed;
}

export function toText({ inode, size, changed }: Signature): string {
  return `${inode}:${size}:${changed}`;
}

/**
 * The files whose content, mode or mere kind counted, and the directories in which it counted what there is. Undefined
 * in place of one: a link was among them, or something has changed just now and may do so again unseen.
 */
export type Witness = readonly string[];

export interface Branches {
  readonly links: readonly string[];
  readonly directories: readonly string[];
}

/** What one look at a path says. */
export interface Looked extends Signature {
  readonly kind: Kind;
  readonly executable: boolean;
  readonly restamped: boolean;
}

/** Behind a path in a witness: only its state counted, which an edit of a file leaves as it is. */
const ofState = '\0state';
/** Only whether it is there, and as what: what else there is in a directory that many have files in is nobody's matter. */
const ofKind = '\0kind';

export const nowhere: Looked = {
  kind: 'none',
  executable: false,
  restamped: false,
  inode: 0,
  size: 0,
  changed: 0,
};
const executable: Signature = { inode: 4, size: 0, changed: 0 };
const signatures: Readonly<Record<Kind, Signature>> = {
  none: nowhere,
  file: { inode: 1, size: 0, changed: 0 },
  directory: { inode: 2, size: 0, changed: 0 },
  link: { inode: 3, size: 0, changed: 0 },
};

/** The file or directory that a path of a witness is about. */
export function placeOf(path: string): string {
  const end = path.indexOf('\0');
  return end < 0 ? path : path.slice(0, end);
}

/** The directory above a file or directory; that of the workspace is '', and above itself. */
export function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** Of what was seen there, what counts for a path of a witness. */
export function signatureIn(path: string, looked: Looked): Signature {
  if (path.endsWith(ofKind)) return signatures[looked.kind];
  if (!path.endsWith(ofState) || hasOwnState(looked)) return looked;
  return looked.executable ? executable : signatures[looked.kind];
}

/** Whether the state of a path changes with more than its kind and its mode. */
function hasOwnState({ kind, restamped }: Looked): boolean {
  return kind === 'link' || restamped;
}

/** Paths are clean: nothing is left for `join` to do. */
export function absoluteIn(root: string, path: string): string {
  return path === '' ? root : `${root}/${path}`;
}

/** @param facts what was said of files before, of which only the changed are read again */
export function openFiles(root: string, facts: Facts): Files {
  const looked = new Map<string, Looked>();
  const listed = new Map<string, readonly Listed[]>();
  let seen: { readonly paths: Set<string>; readonly kinds: Set<string> } | undefined;

  const absolute = (path: string): string => absoluteIn(root, path);
  const look = (path: string): Looked => {
    const known = looked.get(path);
    if (known) return known;
    const above = path === '' ? 'directory' : look(parentOf(path)).kind;
    const found =
      above === 'directory'
        ? lookAt(absolute(path))
        : above === 'link'
          ? { ...nowhere, kind: above }
          : nowhere;
    looked.set(path, found);
    return found;
  };
  const askKind = (path: string): Looked => {
    seen?.kinds.add(path);
    return look(path);
  };
  /** The directory above whose change says that a path may have become something else. */
  const holderOf = (path: string): string => {
    const above = parentOf(path);
    return above === '' || look(above).kind !== 'none' ? above : holderOf(above);
  };
  const askContent = (path: string): Looked => {
    const found = look(path);
    if (found.kind === 'none') return askKind(path);
    seen?.paths.add(path);
    return found;
  };
  const list = (path: string): readonly Listed[] => {
    const { kind } = askContent(path);
    const known = listed.get(path);
    if (known) return known;
    const entries = kind === 'directory' ? readEntries(absolute(path)) : [];
    listed.set(path, entries);
    return entries;
  };
  const targetOf = (path: string): string | undefined =>
    look(path).kind === 'link' && look(parentOf(path)).kind === 'directory'
      ? readLink(absolute(path))
      : undefined;
  const keep = <T>(path: string, kind: string, make: () => T): T => {
    const found = look(path);
    const signature = toText(found);
    const known = facts.get(path, kind, signature);
    if (known !== undefined) return known as T;
    const made = make();
    facts.set(path, kind, signature, found.changed, made);
    return made;
  };
  const named = (path: string, kind: Kind) =>
    list(path).flatMap((entry) => (entry.kind === kind ? [entry.name] : []));
  /** In the work's own directory, one look at that says of many files that they are there or are not. */
  const witnessOfKind = (path: string, within: string): string =>
    path.startsWith(within) && look(path).kind !== 'link' ? holderOf(path) : `${path}${ofKind}`;
  const witnessOf = (paths: ReadonlySet<string>): Witness | undefined => {
    const latest = Date.now() - settled;
    for (const path of paths) {
      const found = look(placeOf(path));
      const ofContents = !path.includes('\0');
      if (found.kind === 'link' && !path.endsWith(ofState)) return undefined;
      if ((ofContents || hasOwnState(found)) && found.changed > latest) return undefined;
    }
    return [...paths];
  };
  return {
    kindOf: (path) => askKind(path).kind,
    stateOf: (path) => {
      seen?.paths.add(`${path}${ofState}`);
      const { kind, executable, restamped } = look(path);
      return { kind, executable, restamped, target: targetOf(path) };
    },
    contentsOf: (path) => {
      const { kind } = askContent(path);
      if (kind === 'file') return keep(path, 'contents', () => hashContents(absolute(path)));
      return kind === 'link' ? hashContents(absolute(path)) : '';
    },
    list,
    branches: (path) =>
      askContent(path).kind === 'directory'
        ? keep(path, 'branches', () => ({
            links: named(path, 'link'),
            directories: named(path, 'directory'),
          }))
        : { links: [], directories: [] },
    facts: (path, kind, parse) =>
      askContent(path).kind === 'file'
        ? keep(path, kind, () => parse(fs.readFileSync(absolute(path), 'utf8')))
        : undefined,
    text: (path) => {
      const { kind } = askContent(path);
      if (kind === 'none') return undefined;
      return kind === 'link' ? readTextIfThere(absolute(path)) : readText(absolute(path));
    },
    linkOf: (path) => {
      askKind(path);
      return targetOf(path);
    },
    watch: (directory, work) => {
      const [paths, kinds] = [new Set<string>(), new Set<string>()];
      seen = { paths, kinds };
      try {
        const value = work();
        const within = directory === '.' ? '' : `${directory}/`;
        for (const path of kinds) paths.add(witnessOfKind(path, within));
        return { value, witness: witnessOf(paths) };
      } finally {
        seen = undefined;
      }
    },
    signatureOf: (path) => signatureIn(path, look(placeOf(path))),
  };
}

/** Nx has loaded its native part long before us; a file that is gone again has no contents. */
function hashContents(absolute: string): string {
  const { hashFile } = require('nx/src/native') as { hashFile: (path: string) => string | null };
  return hashFile(absolute) ?? '';
}

function readLink(absolute: string): string | undefined {
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

/** Does not follow a link at the end of the path; links on the way are the caller's matter. */
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

/** A directory that cannot be read is the build's to complain about. */
function readEntries(absolute: string): Listed[] {
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
