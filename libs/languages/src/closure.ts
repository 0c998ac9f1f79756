import { parentOf } from '@prism-build/containerfile';
import type { Recognised, Target } from './recognised';

/** A part of a stage's tree, by paths relative to the stage's root. */
export type Part =
  | { readonly kind: 'file'; readonly path: string }
  /** Files directly in a directory whose names match the pattern (`*` and `?`). */
  | { readonly kind: 'files'; readonly path: string; readonly names: string }
  /** A directory with everything below it. */
  | { readonly kind: 'tree'; readonly path: string };

/** A file that makes the compiler read a directory. Becomes a graph edge between the projects that contain them. */
export interface Use {
  readonly from: string;
  readonly to: string;
}

/** What the compiler reads of a stage's tree. */
export interface Closure {
  readonly parts: readonly Part[];
  /** Suffixes of file names that are excluded from all parts. */
  readonly except: readonly string[];
  /** Files that the compiler only checks for; their content does not matter. */
  readonly placeholders: readonly string[];
  readonly uses: readonly Use[];
}

/** A closure, or the reason why it cannot be determined: then everything that COPY takes counts. */
export type Reading = { readonly closure: Closure } | { readonly closure?: undefined; readonly why: string };

export interface ReadingRequest {
  readonly recognised: Recognised;
  readonly targets: readonly Target[];
  /** WORKDIR of the command, relative to the stage's root; the root is ''. */
  readonly working: string;
  /** ENV and ARG of the stage, already resolved for a target. */
  readonly environment: (target: Target) => Readonly<Record<string, string>>;
}

export interface SourceEntry {
  readonly name: string;
  readonly directory: boolean;
}

/** The tree of a stage, read on demand. Paths are normalised and relative to the stage's root, which is ''. */
export interface SourceReader {
  /**
   * The result of `parse` for a file's text; undefined if there is no such file. `kind` names the parser. The result
   * is stored until the file changes, so it must be JSON and depend only on the text and `kind`.
   */
  readonly facts: <T>(path: string, kind: string, parse: (text: string) => T) => T | undefined;
  /** The entries of a directory; empty if it does not exist. */
  readonly list: (path: string) => readonly SourceEntry[];
}

/** Collects a closure, or the first reason why it cannot be determined; then the parts are not used. */
export class Collector {
  private readonly parts = new Map<string, Part>();
  private readonly uses = new Map<string, Use>();
  private why: string | undefined;
  readonly placeholders = new Set<string>();

  /** @param except suffixes of file names to leave out */
  constructor(private except: readonly string[] = []) {}

  get undecided(): boolean {
    return this.why !== undefined;
  }
  giveUp(why: string): void {
    this.why ??= why;
  }
  add(...parts: readonly Part[]): void {
    for (const part of parts) this.parts.set(JSON.stringify(part), part);
  }
  /** Adds a file, whatever its suffix. */
  keep(name: string): void {
    this.except = this.except.filter((ending) => !name.endsWith(ending));
  }
  use(from: string, to: string): void {
    this.uses.set(`${from}\0${to}`, { from, to });
  }
  finish(): Reading {
    if (this.why !== undefined) return { why: this.why };
    const { placeholders, except } = this;
    const [parts, uses] = [[...this.parts.values()], [...this.uses.values()]];
    return { closure: { parts, except, placeholders: [...placeholders].sort(), uses } };
  }
}

/** `path` as seen from `directory`, both relative to the root; undefined if it leads out of the root. */
export function joinInside(directory: string, path: string): string | undefined {
  const parts = directory === '' ? [] : directory.split('/');
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.join('/');
}

/** The directory itself and its parents, up to the root. */
export function upwards(directory: string): string[] {
  const parts = directory === '' ? [] : directory.split('/');
  return [...parts.map((_, index) => parts.slice(0, parts.length - index).join('/')), ''];
}

/** The entry of a path; undefined if it does not exist, and for the root. */
export function entryAt(path: string, reader: SourceReader): SourceEntry | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return reader.list(parentOf(path)).find((one) => one.name === name);
}

export function below(directory: string, name: string): string {
  return directory === '' ? name : `${directory}/${name}`;
}
