import { below, joinInside, type SourceReader } from '../closure';

/** A line that makes the compiler read a file outside of the stage. */
export interface ForeignInclude {
  readonly path: string;
  readonly line: number;
  readonly named: string;
}

const files = /\.(c|cc|cpp|cxx|C|h|hh|hpp|hxx|inc|inl|ipp|s|S)$/;

/** Files that sources below some directories would read from the machine that compiles. */
export function findForeignIncludes(directories: readonly string[], reader: SourceReader): ForeignInclude[] {
  const seen = new Set<string>();
  const visit = (directory: string): ForeignInclude[] => {
    if (seen.has(directory)) return [];
    seen.add(directory);
    return reader.list(directory).flatMap((entry) => {
      const path = below(directory, entry.name);
      if (entry.directory) return visit(path);
      if (!files.test(entry.name)) return [];
      return (reader.facts(path, 'c-includes', listIncludes) ?? [])
        .filter(({ named }) => named.startsWith('/') || joinInside(directory, named) === undefined)
        .map(({ named, line }) => ({ path, line, named }));
    });
  };
  return directories.flatMap(visit);
}

/** Absolute paths and paths that lead upwards, with their lines. */
function listIncludes(text: string): { named: string; line: number }[] {
  return text.split('\n').flatMap((content, index) => {
    const [, named] =
      /^\s*(?:#\s*(?:include|include_next|import|embed)\s*["<]|\.incbin\s*")((?:\/|\.\.\/)[^">]*)/.exec(
        content,
      ) ?? [];
    return named === undefined ? [] : [{ named, line: index + 1 }];
  });
}
