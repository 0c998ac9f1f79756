import { parentOf } from '@prism-build/containerfile';
import { below, type Collector, entryAt, joinInside, type SourceReader } from '../closure';
import { isPure } from './macros';
import type { Manifest } from './manifest';

/** The crates of a tree, as a closure reads them. */
export interface Crates {
  readonly manifestOf: (directory: string) => Manifest | undefined;
  /** Directories of the crates that a crate depends on by path. */
  readonly pathsOf: (directory: string, manifest: Manifest, kind: 'all' | 'build') => readonly string[];
}

/** A crate with a build script, which is relative to it. */
interface Scripted {
  readonly directory: string;
  readonly script: string;
  readonly manifest: Manifest;
}

/**
 * Checks a build script, with its modules and the crates of the tree that it uses. It may read all of its own crate.
 * Gives the closure up if it may read more. Returns the files of this code.
 */
export function checkScript(
  { directory, script, manifest }: Scripted,
  crates: Crates,
  reader: SourceReader,
  out: Collector,
): string[] {
  const files = listModules(below(directory, script), reader);
  const used = listCrates(crates.pathsOf(directory, manifest, 'build'), crates);
  const others = used.flatMap((one) => listSources(one, reader));
  const leaving = [...files, ...others].find((path) => reader.facts(path, 'leaves', leaves));
  if (leaving !== undefined) out.giveUp(`${leaving} may read files outside of its crate`);
  const needs = [...manifest.scriptNeeds, ...used.flatMap((one) => crates.manifestOf(one)?.needs ?? [])];
  const unknown = namesOutside(needs, [directory, ...used], crates).find((name) => !confined.has(name));
  if (unknown !== undefined)
    out.giveUp(`${below(directory, script)} uses ${unknown}, which may read any file`);
  return [...files, ...others];
}

/**
 * A macro of the tree runs in the crates that use it. What it reads there cannot be determined. Returns the files of
 * this code.
 */
export function checkMacro(
  directory: string,
  crates: Crates,
  reader: SourceReader,
  out: Collector,
): string[] {
  const used = listCrates([directory], crates);
  const files = used.flatMap((one) => listSources(one, reader));
  for (const path of files)
    if (reader.facts(path, 'macro.rs', (text) => readsFiles.test(text)))
      out.giveUp(`${path} belongs to a macro that may read any file`);
  const needs = used.flatMap((one) => crates.manifestOf(one)?.needs ?? []);
  const unknown = namesOutside(needs, used, crates).find((name) => !isPure(name));
  if (unknown !== undefined) out.giveUp(`the macro ${directory} uses ${unknown}, which may read any file`);
  return files;
}

/** Calls that go to a parent directory, and programs, such as git and cargo, that find more than the crate. */
export const callOut = /\b(?:ancestors|parent|pop)\(\)|\bCommand\b/;
const leaves = (text: string): boolean => /\.\.[/"\\]/.test(text) || callOut.test(text);
const readsFiles =
  /\b(?:fs|File|OpenOptions|Command|env::current_dir|env::var\w*|read_dir|walkdir|WalkDir|glob|PathBuf|Path::new)\b/;

/** Libraries for build scripts that read only what the script names. */
const confined = new Set(
  `anyhow askama autocfg base64 bindgen blake3 bytes capnpc cbindgen cc cfg_aliases chrono clap clap_builder
  clap_complete clap_derive clap_mangen cmake csv either embed-resource env_logger eyre flatbuffers flate2 glob globset
  handlebars hashbrown heck hex ignore indexmap itertools lalrpop lalrpop-util lazy_static log md5 minijinja nom
  once_cell pest pest_meta phf phf_codegen phf_shared pkg-config prettyplease proc-macro2 prost prost-build prost-types
  protobuf protobuf-codegen protobuf-src protoc-bin-vendored protox quote rand regex ron rustc_version semver serde
  serde_derive serde_json serde_yaml sha1 sha2 syn tar tempfile tera thiserror time toml toml_edit tonic-build
  tonic-prost-build uuid version_check walkdir which winres zip zstd`
    .split(/\s+/)
    .filter(Boolean),
);

/** Crates, and those that they depend on by path. */
function listCrates(start: readonly string[], { manifestOf, pathsOf }: Crates): string[] {
  const found = new Set(start);
  for (const directory of found) {
    const manifest = manifestOf(directory);
    for (const path of manifest ? pathsOf(directory, manifest, 'all') : []) found.add(path);
  }
  return [...found];
}

/** Packages that are not among crates of the tree. */
function namesOutside(needs: readonly string[], directories: readonly string[], crates: Crates): string[] {
  const own = new Set(directories.map((one) => crates.manifestOf(one)?.name));
  return needs.filter((name) => !own.has(name));
}

/** The Rust files of a crate, without its tests. */
export function listSources(directory: string, reader: SourceReader): string[] {
  return reader.list(directory).flatMap((entry) => {
    const path = below(directory, entry.name);
    if (entry.directory) return /^(target|tests)$/.test(entry.name) ? [] : listSources(path, reader);
    return path.endsWith('.rs') ? [path] : [];
  });
}

/** A build script and its modules, by `mod x;`, `path = "…"` and `include!("…")`. */
function listModules(script: string, reader: SourceReader): string[] {
  const found = new Set([script]);
  for (const path of found) {
    const named = reader.facts(path, 'modules', (text) => [
      ...[...text.matchAll(/\bmod\s+(\w+)\s*;/g)].flatMap(([, name]) => [`${name}.rs`, `${name}/mod.rs`]),
      ...[...text.matchAll(/\b(?:path\s*=|include!\s*\()\s*"([^"\n]+)"/g)].map(([, file]) => file!),
    ]);
    const stem = path.split('/').at(-1)!.replace(/\.rs$/, '');
    // The modules of x.rs are beside it or in x/.
    for (const name of named ?? [])
      for (const base of [parentOf(path), below(parentOf(path), stem)]) {
        const place = joinInside(base, name);
        if (place !== undefined && entryAt(place, reader)?.directory === false) found.add(place);
      }
  }
  return [...found];
}
