/** The parts of a Rust file that determine which other files rustc or a macro reads. */
export interface RustFile {
  /** Files of `include_str!` and similar macros, relative to the file's directory. */
  readonly includes: readonly string[];
  /** The same, relative to the crate. */
  readonly crateIncludes: readonly string[];
  /** Modules of `#[path = "…"]`, relative to the file's directory. */
  readonly modules: readonly string[];
  /** An argument of `include_str!` or a similar macro that cannot be evaluated from files alone. */
  readonly unknown: boolean;
  /** Entries of the crate that appear in a string of the file: a macro may read them. */
  readonly named: readonly string[];
  /** Strings that begin with `../`. */
  readonly outside: readonly string[];
}

const literal = /^\s*(?:"((?:[^"\\]|\\.)*)"|r(#*)"([\s\S]*?)"\2)\s*[,)\]}]/;
const ofCrate = /^\s*concat!\s*\(\s*env!\s*\(\s*"CARGO_MANIFEST_DIR"\s*\)\s*,\s*"([^"\\]*)"\s*,?\s*\)/;
const ofBuildScript = /^\s*concat!\s*\(\s*env!\s*\(\s*"OUT_DIR"\s*\)/;

/** @param entries files and directories of the crate that cargo does not read itself */
export function parseRustFile(text: string, entries: readonly string[]): RustFile {
  const includes: string[] = [];
  const crateIncludes: string[] = [];
  let unknown = false;
  // Paths of includes are known exactly. Only other strings may name files that a macro reads.
  let others = text;
  for (const match of text.matchAll(/\binclude(?:_str|_bytes)?!\s*[([{]/g)) {
    const rest = text.slice(match.index + match[0].length, match.index + match[0].length + 2000);
    const plain = literal.exec(rest);
    const crate = ofCrate.exec(rest);
    others = others.replace(`${match[0]}${(plain ?? crate)?.[0] ?? ''}`, '');
    if (plain) includes.push(plain[1] ?? plain[3]!);
    else if (crate) crateIncludes.push(crate[1]!.replace(/^\//, ''));
    else if (!ofBuildScript.test(rest)) unknown = true;
  }
  const strings = [...others.matchAll(/"([^"\n]*)"/g)].map(([, inner]) => inner!);
  return {
    includes,
    crateIncludes,
    modules: [...text.matchAll(/\bpath\s*=\s*"([^"\n]+\.rs)"/g)].map(([, path]) => path!),
    unknown,
    named: entries.filter((name) => strings.some((one) => one.includes(name))),
    outside: [...new Set(strings.filter((one) => /^\.\.\/[\w./-]+$/.test(one)))],
  };
}
