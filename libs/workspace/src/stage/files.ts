import * as fs from 'node:fs';
import { parentOf } from '@prism-build/containerfile';
import { readText, readTextIfThere } from '@prism-build/shell';
import { type Facts, settled } from './facts';
import {
  absoluteIn,
  hashContents,
  hashTarget,
  type Kind,
  type Listed,
  type Looked,
  lookAt,
  nowhere,
  readEntries,
  readLink,
} from './look';
import { hasOwnState, ofKind, ofState, placeOf, type Trace, toText } from './trace';

/** Files of a workspace by clean paths relative to it. Each file is examined at most once. */
export interface Files {
  /** `link` also for paths below a link: links are not followed. */
  readonly kindOf: (path: string) => Kind;
  /** A path's properties that affect a build, besides a file's contents. */
  readonly stateOf: (path: string) => State;
  /** Nx's digest (`hashFile`) of a file's contents. Follows links. '' if there is no file. */
  readonly contentsOf: (path: string) => string;
  readonly list: (path: string) => readonly Listed[];
  /** Names of the links and directories in a directory. Listed again only if the directory changed. */
  readonly branches: (path: string) => Branches;
  /** The result of `parse` for a file's text, stored until the file changes; undefined if there is no file. */
  readonly facts: <T>(path: string, kind: string, parse: (text: string) => T) => T | undefined;
  /** The text of a file. Follows links. Undefined if there is no file. Throws file system errors. */
  readonly text: (path: string) => string | undefined;
  /** The target of a link; undefined for other paths and below another link. */
  readonly linkOf: (path: string) => string | undefined;
  /** Runs `work` for a directory and returns its result with the trace of the files that it used. */
  readonly watch: <T>(
    directory: string,
    work: () => T,
  ) => { readonly value: T; readonly trace: Trace | undefined };
  /** The trace of the files that were used outside of `watch`. */
  readonly traceRest: () => Trace | undefined;
  /** The result of this run's one `lstat` of a path. */
  readonly look: (path: string) => Looked;
}

/** Properties of a path that affect a build and that a digest of contents does not cover. */
interface State {
  readonly kind: Kind;
  /** Whether the owner may execute the file: the only mode bit that git and images keep. */
  readonly executable: boolean;
  /**
   * Whether other contents may have the same mtime: a program set it (`touch -d`, `rsync -t`, tar), a directory above
   * was renamed, or the file has another name (hard link).
   */
  readonly restamped: boolean;
  /** The target of a link, as it is written; undefined for other paths and below another link. */
  readonly target: string | undefined;
}

interface Branches {
  readonly links: readonly string[];
  readonly directories: readonly string[];
}

/** @param facts facts of earlier runs; only files that changed since are read again */
export function openFiles(root: string, facts: Facts): Files {
  const looked = new Map<string, Looked>();
  const listed = new Map<string, readonly Listed[]>();
  // All components read the same few files at the root of the workspace.
  const texts = new Map<string, string | undefined>();
  const rest = { paths: new Set<string>(), kinds: new Set<string>() };
  let seen = rest;

  const absolute = (path: string): string => absoluteIn(root, path);
  const look = (path: string): Looked => {
    const known = looked.get(path);
    if (known) return known;
    const above = path === '' ? undefined : look(parentOf(path));
    const found =
      above === undefined || above.kind === 'directory'
        ? lookAt(absolute(path), above)
        : above.kind === 'link'
          ? { ...nowhere, kind: above.kind }
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
    seen.kinds.add(path);
    return look(path);
  };
  /** The nearest existing directory above a path. It changes if the path is created or removed. */
  const holderOf = (path: string): string => {
    const above = parentOf(path);
    return above === '' || look(above).kind !== 'none' ? above : holderOf(above);
  };
  const askContent = (path: string): Looked => {
    const found = look(path);
    if (found.kind === 'none') return askKind(path);
    seen.paths.add(path);
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
    const fingerprint = toText(found);
    const known = facts.get(path, kind, fingerprint);
    if (known !== undefined) return known as T;
    const made = make();
    facts.set(path, kind, fingerprint, found.changed, made);
    return made;
  };
  const named = (path: string, kind: Kind) =>
    list(path).flatMap((entry) => (entry.kind === kind ? [entry.name] : []));
  /** Inside the component's directory, one directory in the trace covers the existence of many files. */
  const traceOfKind = (path: string, within: string): string =>
    path.startsWith(within) && look(path).kind !== 'link' ? holderOf(path) : `${path}${ofKind}`;
  const traceOf = (paths: ReadonlySet<string>): Trace | undefined => {
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
      seen.paths.add(`${path}${ofState}`);
      const { kind, executable, restamped } = look(path);
      return { kind, executable, restamped, target: targetOf(path) };
    },
    contentsOf: (path) => {
      const { kind } = askContent(path);
      if (kind === 'file') return keep(path, 'contents', () => hashContents(absolute(path)));
      return kind === 'link' ? hashTarget(absolute(path)) : '';
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
        for (const path of kinds) paths.add(traceOfKind(path, within));
        return { value, trace: traceOf(paths) };
      } finally {
        seen = rest;
      }
    },
    traceRest: () => traceOf(new Set([...rest.paths, ...[...rest.kinds].map((path) => `${path}${ofKind}`)])),
    look,
  };
}
