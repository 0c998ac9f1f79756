import { join, normalize } from 'node:path/posix';
import { argumentsAt, withoutComments } from './ports';
import type { Sources } from './program';

/** Files and directories that a program names by literal path when it reads. */
export interface ReadPaths {
  /** Paths as the program names them, with where they are in the workspace. */
  readonly found: ReadonlyMap<string, string>;
  /** Paths that the program reads and that are not in the workspace or not in the context. */
  readonly absent: readonly string[];
}

const ofSystem =
  /^\/(?:dev|proc|sys|run|tmp|var\/(?:run|tmp)|etc\/(?:hosts|resolv|passwd|group|ssl|localtime|os-release|machine-id|hostname))/;
const secret = /(?:^|\/)\.env(?:\.|$)|\.(?:pem|key|p12)$|(?:^|\/)id_(?:rsa|ed25519)/;
/** A text that is a path: not a URL, not a format string, no blanks. */
const isPath = (text: string) => /^[\w./*@~+-]+$/.test(text) && /[\w*]/.test(text) && !text.includes('//');

/**
 * What calls of `reading` name: literals, joined literals, and names that are set to one.
 *
 * @param reading calls up to their parenthesis
 * @param from directories that a relative path may start from, the likeliest first
 */
export function findReads(
  sources: Sources,
  texts: readonly string[],
  reading: RegExp,
  from: readonly string[],
): ReadPaths {
  const found = new Map<string, string>();
  const absent = new Set<string>();
  for (const text of texts.map(withoutComments))
    for (const match of text.matchAll(reading))
      for (const { path, sure } of pathsIn(argumentsAt(text, match.index + match[0].length), texts)) {
        const wanted = path.startsWith('/') ? path : normalize(path);
        if (ofSystem.test(wanted) || wanted === '.' || wanted === '/') continue;
        const there = secret.test(wanted) ? undefined : locate(sources, wanted, from);
        if (there !== undefined) found.set(there.named, there.place);
        else if (sure) absent.add(wanted);
      }
  return { found, absent: [...absent].sort() };
}

/** Where a path is: a file, a directory with files, or the directory of a pattern. */
function locate(
  sources: Sources,
  wanted: string,
  from: readonly string[],
): { named: string; place: string } | undefined {
  if (wanted.startsWith('/') || wanted.startsWith('..')) return undefined;
  const parts = wanted.split('/');
  const wild = parts.findIndex((part) => part.includes('*'));
  const named = wild < 0 ? wanted : parts.slice(0, wild).join('/');
  if (named === '') return undefined;
  const place = from
    .map((directory) => join(directory, named))
    .find((path) => sources.read(path) !== undefined || sources.list(path).length > 0);
  return place === undefined ? undefined : { named, place };
}

const textsIn = (written: string): string[] =>
  [...written.matchAll(/(["'`])((?:(?!\1)[^\\\n])*)\1/g)].map(([, , text]) => text!);

/** Texts of an argument list: literals are certain, values of names are not. */
function pathsIn(written: string, texts: readonly string[]): { path: string; sure: boolean }[] {
  const literals = textsIn(written);
  // Parts of one path; later arguments such as `utf8` are not.
  const parts = /\b(?:[Jj]oin|resolve)\(([^)]*)/.exec(written)?.[1];
  const joined = parts === undefined ? literals : [textsIn(parts).join('/')];
  const sure = joined.filter(isPath).map((path) => ({ path, sure: /\/|\.[A-Za-z]\w*$/.test(path) }));
  if (literals.length > 0) return sure;
  const names = [...new Set(written.match(/[A-Za-z_]\w*/g) ?? [])];
  return names.flatMap((name) => {
    const set = new RegExp(`(?<![\\w."'])${name}\\b[^\\n=:"']{0,30}(?::=|=(?!=)|:)[ \\t]*([^\\n]+)`, 'g');
    return texts.flatMap((text) =>
      [...text.matchAll(set)].flatMap(([, value]) =>
        [...value!.matchAll(/(["'`])([^"'`\n]+)\1/g)]
          .map(([, , path]) => path!)
          .filter((path) => isPath(path) && /[/.]/.test(path))
          .map((path) => ({ path, sure: false })),
      ),
    );
  });
}

/** COPY lines for what a program reads, each path where the program looks for it from `working`. */
export function copyReads(
  found: ReadonlyMap<string, string>,
  context: string,
  working: string,
): { lines: string[]; outside: string[] } {
  const inside = (place: string) => context === '.' || place === context || place.startsWith(`${context}/`);
  const all = [...found].sort(([a], [b]) => (a < b ? -1 : 1));
  // Copying a directory copies its contents.
  const tops = all.filter(([named]) => !all.some(([other]) => named.startsWith(`${other}/`)));
  return {
    lines: tops
      .filter(([, place]) => inside(place))
      .map(([named, place]) => {
        const source = context === '.' ? place : place.slice(context.length + 1);
        return `COPY ${source} ${join(working, named)}`;
      }),
    outside: tops.filter(([, place]) => !inside(place)).map(([named]) => named),
  };
}

/** Notes about files that a program reads and the image does not contain. */
export function noteAbsent(paths: readonly string[]): string[] {
  if (paths.length === 0) return [];
  return [
    `The program reads ${paths.join(', ')}, which is not in the image: COPY it, or mount it at run time.`,
  ];
}
