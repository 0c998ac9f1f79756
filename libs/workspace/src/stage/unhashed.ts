import type { IgnoreMatcher, Source } from '@prism-build/containerfile';
import { matchesName, type Part } from '@prism-build/languages';
import { expandSource } from './expandSource';
import type { Files } from './files';
import type { Kind } from './look';
import { isPassedOver, isRestless } from './passedOver';
import { inContext, joined } from './paths';
import { type Link, type PassedOver, summarise } from './summarise';

/**
 * Facts about files that a build reads and Nx does not hash. Nx hashes the contents of files by their paths, but no
 * modes, links, empty directories or node_modules. It takes a file for unchanged if it has recorded the file's
 * modification time before.
 */
export interface Unhashed {
  /** In the format of `ls -F` (`bin/start*`, `current -> v2`, `logs/`), relative to the context; equal in every clone. */
  readonly facts: readonly string[];
  /** Files whose mtime a program set, with digests of their contents in Nx's format. */
  readonly restamped: readonly Restamped[];
  /** Why no cache key can cover what the build reads; absent if one can. */
  readonly why?: string | undefined;
}

export interface Restamped {
  readonly path: string;
  readonly contents: string;
}

export interface UnhashedRequest {
  readonly context: string;
  readonly rules: IgnoreMatcher;
  readonly files: Files;
  /** Whether to list every file: Nx before 24 hashes no file that git ignores. */
  readonly every?: boolean | undefined;
}

/** Limit of files in directories that Nx skips. Reading more of them would slow down every command of nx. */
const mostFiles = 20_000;

/**
 * Lists unhashed facts of COPY sources.
 *
 * @param sources the paths that are copied, with the targets of links on the way
 * @param modes the sources whose modes are copied
 */
export function listUnhashed(
  request: UnhashedRequest,
  sources: readonly Source[],
  modes: readonly Source[],
): Unhashed {
  const walk = new Walk(request);
  for (const [list, withModes] of [
    [modes, true],
    [sources, false],
  ] as const)
    for (const source of list)
      if (source.kind === 'path')
        for (const path of expandSource(request.context, source.path, request.files))
          walk.visit(path, request.files.kindOf(inContext(request.context, path)), withModes);
  return walk.result();
}

/** The same for the parts of the workspace that a compiler reads. Includes modes in whole trees: it may execute files. */
export function listUnhashedParts(
  { context, rules, files, every }: UnhashedRequest,
  parts: readonly Part[],
  except: readonly string[],
): Unhashed {
  const below = context === '.' ? 0 : context.length + 1;
  const inWorkspace = {
    ...rules,
    ignores: ignoresBelow(rules, below),
    canPrune: canPruneBelow(rules, below),
  };
  const walk = new Walk({ context: '.', rules: inWorkspace, files, every });
  const counts = (name: string) => !except.some((ending) => name.endsWith(ending));
  for (const part of parts) {
    if (part.kind !== 'files') walk.visit(part.path, files.kindOf(part.path), part.kind === 'tree');
    else
      for (const { name, kind } of files.list(part.path))
        if (kind === 'file' && matchesName(part.names, name) && counts(name))
          walk.visit(joined(part.path, name), kind, false);
  }
  return walk.result();
}

function ignoresBelow(rules: IgnoreMatcher, start: number): IgnoreMatcher['ignores'] {
  return (path, directory) => path.length > start && rules.ignores(path.slice(start), directory);
}

function canPruneBelow(rules: IgnoreMatcher, start: number): IgnoreMatcher['canPrune'] {
  return (path) => path.length > start && rules.canPrune(path.slice(start));
}

class Walk {
  private readonly seen = new Set<string>();
  private readonly executable: string[] = [];
  private readonly links: Link[] = [];
  private readonly empty: string[] = [];
  private readonly restamped: Restamped[] = [];
  private readonly passedOver: PassedOver[] = [];
  private why: string | undefined;

  constructor(private readonly request: UnhashedRequest) {}

  /**
   * Visits a path and returns whether the build reads anything at it.
   *
   * @param above whether Nx skips a directory above; undefined if that was not determined
   */
  visit(path: string, kind: Kind, modes: boolean, above?: boolean): boolean {
    const { rules, files, context } = this.request;
    const directory = kind === 'directory';
    const ignored = path !== '' && rules.ignores(path, directory);
    if (kind === 'none' || (ignored && (!directory || rules.canPrune(path)))) return false;
    if (this.seen.has(path)) return true;
    this.seen.add(path);
    const place = inContext(context, path);
    const names = above === undefined ? path.split('/') : [path.slice(path.lastIndexOf('/') + 1)];
    const restless = directory && names.find(isRestless);
    if (restless) {
      this.why ??= `COPY takes ${place}, which changes with every command; a line "**/${restless}" in the ignore file leaves it out`;
      return true;
    }
    const passedOver = above === true || names.some(isPassedOver);
    if (directory) {
      const entries = files
        .list(place)
        .map(({ name, kind }) => this.visit(joined(path, name), kind, modes, passedOver));
      if (!ignored && !entries.includes(true)) this.empty.push(path);
      return !ignored || entries.includes(true);
    }
    this.note(path, modes, passedOver);
    return true;
  }

  result(): Unhashed {
    const { executable, links, empty, passedOver, restamped, why } = this;
    return { facts: summarise({ executable, links, empty, passedOver }), restamped, why };
  }

  private note(path: string, modes: boolean, passedOver: boolean): void {
    const { files, context, every } = this.request;
    const place = inContext(context, path);
    const { kind, executable, restamped, target } = files.stateOf(place);
    if (target !== undefined) this.links.push({ path, target });
    if (kind !== 'file') return;
    if (modes && executable) this.executable.push(path);
    if (passedOver) this.notePassedOver(path, place);
    else if (restamped || every) this.restamped.push({ path: place, contents: files.contentsOf(place) });
  }

  private notePassedOver(path: string, place: string): void {
    if (this.passedOver.length < mostFiles)
      this.passedOver.push({ path, contents: this.request.files.contentsOf(place) });
    else
      this.why ??= `COPY takes more than ${mostFiles} files that Nx does not hash, such as ${place}; leave them out in the ignore file`;
  }
}
