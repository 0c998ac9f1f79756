import * as fs from 'node:fs';
import { join, relative } from 'node:path/posix';
import type { Tree } from '@prism-build/assemble';
import { parentOf } from '@prism-build/containerfile';
import type { Failure } from '@prism-build/errors';
import type { Language } from '@prism-build/languages';

/** Files that a compile needed in addition to those that its sources show. */
export interface Widened {
  /** Paths of the context for the option alsoReads; `.` is all that COPY takes. */
  readonly alsoReads: readonly string[];
  /** Files that the compiler opened, relative to the context; empty if the file system does not record access times. */
  readonly files: readonly string[];
}

/** Whether a compile may have failed because its tree was narrowed. */
export function mayLackFiles(language: Language, failures: readonly Failure[]): boolean {
  const codes = ['COMPILE_FAILED', 'COMPILE_MADE_NOTHING', 'DEPENDENCIES_NOT_FETCHED', 'TOOLCHAIN_MISSING'];
  return failures.every(
    ({ code, why }) => codes.includes(code) && (language.diagnosis.mayLack?.(why ?? '') ?? true),
  );
}

/** Files and links that only the wide tree has. */
export function listExtra(wide: Tree, narrow: Tree): string[] {
  return [...wide].flatMap(([path, { type }]) => (type === 'directory' || narrow.has(path) ? [] : [path]));
}

/**
 * The paths of the context from which some files of a tree were copied. Names a whole directory if the narrowed tree has
 * no file in it, because a compiler that reads one of its files may read others.
 */
export function listReads(
  read: readonly string[],
  { wide, narrow, context }: { readonly wide: Tree; readonly narrow: Tree; readonly context: string },
): Widened {
  const inUse = new Set<string>();
  for (const path of narrow.keys())
    for (let above = path; above !== ''; above = parentOf(above)) inUse.add(above);
  const places = read.flatMap((path) => {
    const node = wide.get(path);
    if (node?.type !== 'file' || node.content.kind !== 'file') return [];
    const file = relative(context, node.content.path);
    let [top, place] = [path, file];
    while (parentOf(top) !== '' && !inUse.has(parentOf(top)) && isSameName(parentOf(top), parentOf(place))) {
      top = parentOf(top);
      place = parentOf(place);
    }
    return [{ file, place }];
  });
  if (places.length === 0 || places.length < read.length)
    return { alsoReads: ['.'], files: places.map(({ file }) => file) };
  return {
    alsoReads: [...new Set(places.map(({ place }) => place))].sort(),
    files: places.map(({ file }) => file).sort(),
  };
}

const isSameName = (one: string, other: string): boolean =>
  other !== '' && one.slice(one.lastIndexOf('/') + 1) === other.slice(other.lastIndexOf('/') + 1);

const longAgo = new Date(1000);

/** Resets access times, so that the next read is recorded: relatime updates only a time that is older than mtime or a day. */
export function forgetReading(source: string, paths: readonly string[]): void {
  for (const path of paths) {
    const file = join(source, path);
    if (fs.lstatSync(file).isFile()) fs.utimesSync(file, longAgo, fs.statSync(file).mtime);
  }
}

/** The files that were read since `forgetReading`; none if the file system does not record access times. */
export function listRead(source: string, paths: readonly string[]): string[] {
  return paths.filter((path) => {
    const stat = fs.lstatSync(join(source, path), { throwIfNoEntry: false });
    return stat?.isFile() && stat.atimeMs > longAgo.getTime();
  });
}
