import * as fs from 'node:fs';
import { readText, readTextIfThere } from '@prism-build/shell';
import { type Facts, settled } from './facts';
import {
  absoluteIn,
  hashContents,
  type Kind,
  type Listed,
  type Looked,
  lookAt,
  nowhere,
  parentOf,
  readEntries,
  readLink,
  type Signature,
} from './look';
import { hasOwnState, ofKind, ofState, placeOf, signatureIn, toText, type Witness } from './witness';

/** Files of a workspace by their paths, clean and relative to it. Each is looked at once, however many ask. */
export interface Files {
  /** `link` also for what lies behind one: links are not followed here. */
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

interface Branches {
  readonly links: readonly string[];
  readonly directories: readonly string[];
}

/** @param facts what was said of files before, of which only the changed are read again */
export function openFiles(root: string, facts: Facts): Files {
  const looked = new Map<string, Looked>();
  const listed = new Map<string, readonly Listed[]>();
  // Every component asks for the same few files at the root of the workspace.
  const texts = new Map<string, string | undefined>();
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
  const textOf = (path: string): string | undefined => {
    if (texts.has(path)) return texts.get(path);
    const text = look(path).kind === 'link' ? readTextIfThere(absolute(path)) : readText(absolute(path));
    texts.set(path, text);
    return text;
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
    text: (path) => (askContent(path).kind === 'none' ? undefined : textOf(path)),
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
