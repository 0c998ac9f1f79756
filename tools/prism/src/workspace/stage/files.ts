import * as fs from 'node:fs';
import { join } from 'node:path';
import type { Facts } from './facts';

export type Kind = 'file' | 'directory' | 'link' | 'none';

export interface Listed {
  readonly name: string;
  readonly kind: Kind;
}

/** Files of a workspace by their paths, clean and relative to it. Each is looked at once, however many ask. */
export interface Files {
  /** `link` also for what lies behind one: nobody here follows links. */
  readonly kindOf: (path: string) => Kind;
  readonly list: (path: string) => readonly Listed[];
  /** Names of the links and of the directories that a directory holds; not listed again while it is as it was. */
  readonly branches: (path: string) => Branches;
  /** What `parse` makes of a file's text; undefined where there is no file. */
  readonly facts: <T>(path: string, kind: string, parse: (text: string) => T) => T | undefined;
}

export interface Branches {
  readonly links: readonly string[];
  readonly directories: readonly string[];
}

interface Looked {
  readonly kind: Kind;
  /** Changes with the file; ctime cannot be set by anyone. */
  readonly signature: string;
  readonly changed: number;
}

const nothing: Looked = { kind: 'none', signature: '', changed: 0 };

/** @param facts what was said of files before, of which only the changed are read again */
export function openFiles(root: string, facts: Facts): Files {
  const looked = new Map<string, Looked>();
  const listed = new Map<string, readonly Listed[]>();

  const look = (path: string): Looked => {
    const known = looked.get(path);
    if (known) return known;
    const above = path === '' ? 'directory' : look(parentOf(path)).kind;
    const found =
      above === 'directory'
        ? lookAt(join(root, path))
        : above === 'link'
          ? { ...nothing, kind: above }
          : nothing;
    looked.set(path, found);
    return found;
  };
  const list = (path: string): readonly Listed[] => {
    const known = listed.get(path);
    if (known) return known;
    const entries = look(path).kind === 'directory' ? readEntries(join(root, path)) : [];
    listed.set(path, entries);
    return entries;
  };
  const keep = <T>(path: string, kind: string, make: () => T): T => {
    const { signature, changed } = look(path);
    const known = facts.get(path, kind, signature);
    if (known !== undefined) return known as T;
    const made = make();
    facts.set(path, kind, signature, changed, made);
    return made;
  };
  const named = (path: string, kind: Kind) =>
    list(path).flatMap((entry) => (entry.kind === kind ? [entry.name] : []));
  return {
    kindOf: (path) => look(path).kind,
    list,
    branches: (path) =>
      look(path).kind === 'directory'
        ? keep(path, 'branches', () => ({
            links: named(path, 'link'),
            directories: named(path, 'directory'),
          }))
        : { links: [], directories: [] },
    facts: (path, kind, parse) =>
      look(path).kind === 'file'
        ? keep(path, kind, () => parse(fs.readFileSync(join(root, path), 'utf8')))
        : undefined,
  };
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

function lookAt(absolute: string): Looked {
  try {
    const stat = fs.lstatSync(absolute, { throwIfNoEntry: false });
    if (!stat) return nothing;
    const kind = stat.isSymbolicLink()
      ? 'link'
      : stat.isDirectory()
        ? 'directory'
        : stat.isFile()
          ? 'file'
          : 'none';
    const { ino, size, mtimeMs, ctimeMs } = stat;
    return { kind, signature: `${ino}:${size}:${mtimeMs}:${ctimeMs}`, changed: ctimeMs };
  } catch {
    return nothing;
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
