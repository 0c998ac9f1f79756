import { joinInside, type SourceReader } from '../closure';

/** An absolute path in code that runs while the stage is compiled. The sources lie elsewhere then. */
export interface StagePath {
  /** The file that names it, and the line. */
  readonly path: string;
  readonly line: number;
  /** As it is written, or as a variable of the stage has it. */
  readonly place: string;
  readonly variable?: string;
  /** Relative to the root of the stage, up to the first placeholder of `format!`. */
  readonly target: string;
}

interface Named {
  readonly line: number;
  readonly text: string;
}

/** Strings that begin with `/` after these are the ends of other paths, or are only compared. */
const appended =
  /(?:\+\s*&?|\bpush_str\(\s*&?|(?:MANIFEST_DIR|OUT_DIR)"\s*\)\s*,\s*|\b(?:contains|ends_with|starts_with|replacen?|r?split\w*|strip_\w+|trim_\w+)\(\s*)r?#*$/;

/** Absolute paths in Rust files, and variables that they name whose values are absolute paths. */
export function findStagePaths(
  files: readonly string[],
  environments: readonly Readonly<Record<string, string>>[],
  reader: SourceReader,
): StagePath[] {
  const values = environments
    .flatMap((one) => Object.entries(one))
    .filter(([, value]) => /^\/[^:]+$/.test(value));
  return files.flatMap((path) => {
    const { places = [], names = [] } = reader.facts(path, 'stage-paths', listNamed) ?? {};
    const ofVariables = names.flatMap(({ line, text }) =>
      values
        .filter(([name]) => name === text)
        .map(([variable, place]) => ({ path, line, place, variable, target: targetOf(place) })),
    );
    const written = places.map(({ line, text }) => ({ path, line, place: text, target: targetOf(text) }));
    return [...written, ...ofVariables];
  });
}

function targetOf(place: string): string {
  const known = /[{*?]/.test(place) ? place.replace(/[^/]*[{*?].*$/su, '') : place;
  return joinInside('', known) ?? '';
}

function listNamed(text: string): { places: Named[]; names: Named[] } {
  const places: Named[] = [];
  const names: Named[] = [];
  for (const [index, content] of text.split('\n').entries()) {
    if (/^\s*\/\//.test(content)) continue;
    for (const { 1: inner = '', index: at } of content.matchAll(/"((?:[^"\\]|\\.)*)"/g)) {
      const line = index + 1;
      if (/^[A-Za-z_]\w*$/.test(inner)) names.push({ line, text: inner });
      const [, place] = /^(?:[^/\s]*=|-[A-Za-z]+)?(\/[^/].*)$/su.exec(inner) ?? [];
      if (place !== undefined && !appended.test(content.slice(0, at))) places.push({ line, text: place });
    }
  }
  return { places, names };
}
