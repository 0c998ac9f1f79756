import type { compileFailure, Failure, Place, Result } from '@prism-build/errors';
import type { Reading, ReadingRequest, SourceReader } from './closure';
import type { Pin } from './pin';
import type { Recognised, Target } from './recognised';

export type { Recognised, Target } from './recognised';

/** Directories of one compile; all absolute. */
export interface CompileDirectories {
  /** The tree that the COPY lines made, laid out as in the stage. */
  readonly source: string;
  /** WORKDIR of the RUN line, inside `source`. */
  readonly working: string;
  /** The compiler's own cache and the fetched dependencies; persistent, safe to delete. */
  readonly cache: string;
  readonly home: string;
  /** Of this run alone: nothing that an earlier run or another compile wrote is in it. */
  readonly scratch: string;
}

export interface CompileRequest {
  readonly recognised: Recognised;
  readonly targets: readonly Target[];
  readonly directories: CompileDirectories;
  readonly toolchain: Toolchain;
  /** ENV and ARG of the stage, already resolved for a target. */
  readonly environment: (target: Target) => Readonly<Record<string, string>>;
  /** Whether the tree of sources has this file; absolute, inside `source`. */
  readonly contains: (path: string) => boolean;
  /** The text of a file of the tree, by its absolute path inside `source`. */
  readonly text: (path: string) => string | undefined;
  /** The version of the compiler, as the pin says it. */
  readonly version: string;
  /** Cores of the machine, for all calls together. */
  readonly cores: number;
  /** Where the tree of /out of a target goes. */
  readonly out: (target: Target) => string;
}

/** What a language judges before its compiler runs: everything in the stage that the fixed environment would override. */
export interface CheckRequest extends ReadingRequest {
  readonly pin: Pin;
  /** ENV and ARG of the stage, already resolved for a target. */
  readonly environment: (target: Target) => Readonly<Record<string, string>>;
  /** The RUN line, for failures that no file of the tree explains better. */
  readonly at: Place;
  /** The ENV or ARG that gives a variable its value. */
  readonly setAt?: (variable: string) => Place;
}

export interface CheckedSources extends SourceReader {
  /** Where a path of the stage's tree lies in the workspace, for failures. */
  readonly placeOf: (path: string) => string;
}

/** The real cause of a failed call, found in what the tool printed. */
export interface Explanation {
  readonly code: Parameters<typeof compileFailure>[0];
  readonly what: string;
  readonly remedy?: string;
}

/** Questions to the language's own tool about what a program is made of. */
export interface Inspection {
  /** What the answers depend on, besides the lockfiles, the pin and the targets. */
  readonly subject: readonly string[];
  readonly calls: readonly CompilerCall[];
  /** What people should know, a sentence each, from what the calls printed. */
  readonly judge: (outputs: readonly string[]) => readonly string[];
}

/** One process; the environment is complete, nothing is inherited. */
export interface CompilerCall {
  readonly argv: readonly [string, ...string[]];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** The whole standard input: a program of ours, where a language has no tool for the work. */
  readonly input?: string;
}

/** A file that a call leaves outside /out and that belongs into it. */
export interface Placement {
  readonly from: string;
  readonly to: string;
}

/** Where the pinned compiler was found. */
export interface Toolchain {
  readonly command: string;
  readonly root: string;
}

/** How a toolchain is fetched: a call that may use the network, and what gets the right to be executed then. */
export interface Obtaining {
  readonly call: CompilerCall;
  /** Directories, absolute. */
  readonly executable: readonly string[];
  /** Settings of the caller that say where it comes from. */
  readonly inherits: readonly string[];
}

/** What looking for a toolchain may ask of the machine; a small value in tests. */
export interface Machine {
  /** Directories of PATH, in order. */
  readonly path: readonly string[];
  readonly readText: (path: string) => string | undefined;
  readonly isExecutable: (path: string) => boolean;
  readonly realPath: (path: string) => string;
}

/** The files of a compile's tree, by paths relative to its root. */
export interface CompiledSources {
  /** What is at each path, files and links, by content. */
  readonly digests: ReadonlyMap<string, string>;
  readonly text: (path: string) => string | undefined;
}

/**
 * A cache that compiles of several projects and clones share, of a tool that judges by time what is fresh in it. It
 * holds units: `<folder>/.fingerprint/<package>-<hash>` says of each what it was made of.
 */
export interface SharedUnits {
  /** Every folder that a compile may find units in; absolute. */
  readonly folders: readonly string[];
  /** By package of the tree: all that its units may be made of, as text. Other packages never change. */
  readonly contents: ReadonlyMap<string, string>;
  /** The units that a call used, out of its standard output. */
  readonly listUsed: (stdout: string) => readonly UsedUnit[];
}

export interface UsedUnit {
  readonly folder: string;
  readonly package: string;
  /** The hash in the unit's name; absent where the tool does not say it: then every unit of this `kind`. */
  readonly hash?: string | undefined;
  /** The beginning of the files that describe it: `bin-server`. */
  readonly kind: string;
  /** Whether the call found it and did not make it. */
  readonly fresh: boolean;
}

/** Which commands are a language's, and what of them and of their stage would not take effect. */
export interface CommandRules {
  readonly recognise: (argv: readonly string[]) => Recognised | undefined;
  /**
   * Every setting of the stage or of its tree that would not take effect: refused by name, and toolchains that the
   * sources ask for and the pin is not (TOOLCHAIN_DIFFERS). Files that it reads must be parts of `reads`.
   */
  readonly check?: (request: CheckRequest, sources: CheckedSources) => readonly Failure[];
}

/** What the compiler reads of the stage's tree, from files alone: cache keys are made of it. */
export interface SourceRules {
  readonly reads: (request: ReadingRequest, reader: SourceReader) => Reading;
  /** Files that the compiler never reads, as patterns relative to any directory: they enter no key. */
  readonly neverRead: readonly string[];
  /** The file that marks the directory of a library, where a use names a directory inside one. */
  readonly manifest?: string;
}

/** What is fetched before the compiler runs. */
export interface DependencyRules {
  /** File names whose content decides the dependencies: fetching is keyed by them. */
  readonly lockfiles: readonly string[];
  /** Paths of more such files, where the command names them. */
  readonly locks?: (request: ReadingRequest, reader: SourceReader) => readonly string[];
  /** Where fetched dependencies lie, below the cache: deleting it makes them be fetched again. */
  readonly directory: string;
  /** Calls that may use the network and bring what the lockfiles name into the cache. */
  readonly fetch: (request: CompileRequest) => readonly CompilerCall[];
  /** Settings of the caller that say where packages come from, never what is built. */
  readonly inherits: readonly string[];
}

/** How the compiler is called, and where its results lie. */
export interface CompilerRules {
  /** Calls that may run at once and need no network. */
  readonly compile: (request: CompileRequest) => readonly CompilerCall[];
  readonly placements?: (request: CompileRequest) => readonly Placement[];
  /** What its compiler keeps in a cache that others write to as well, where it judges that by time. */
  readonly units?: (request: CompileRequest, sources: CompiledSources) => SharedUnits;
}

/** What the tools' output means. */
export interface Diagnosis {
  /** The cause of a failed fetch or compile; undefined where the tool's own words are all that is known. */
  readonly explain?: (output: string, step: 'fetch' | 'compile') => Explanation | undefined;
  /**
   * Whether a compile that failed may lack files that its narrowed tree left out, by what the compiler printed: then all
   * that COPY takes is tried. Absent: it may.
   */
  readonly mayLack?: (output: string) => boolean;
  /** What is not wrong and should be known: of dependencies, once they are fetched. */
  readonly inspect?: (
    check: CheckRequest,
    sources: CheckedSources,
    request: CompileRequest,
  ) => Inspection | undefined;
}

/** The pinned compiler: what the pin is where the workspace has none, and where the compiler is found. */
export interface ToolchainRules {
  /** The base that carries the compiler, below containerfiles/, and what it is pinned to in this version of the plugin. */
  readonly builder: string;
  readonly shipped: Pin;
  /** Repositories of registries whose tags are versions of the compiler: `golang`. */
  readonly images: readonly string[];
  readonly find: (pin: Pin, machine: Machine, cache: string) => Result<Toolchain>;
  /** Brings the pinned toolchain to where `find` looks, where something on the machine can fetch it. */
  readonly obtain?: (pin: Pin, machine: Machine, cache: string) => Obtaining | undefined;
}

/** What the one compile executor knows of a language: a plain object, no class. */
export interface Language {
  readonly name: string;
  readonly title: string;
  readonly command: CommandRules;
  readonly sources: SourceRules;
  readonly dependencies?: DependencyRules;
  readonly compiler: CompilerRules;
  readonly diagnosis: Diagnosis;
  readonly toolchain: ToolchainRules;
}
