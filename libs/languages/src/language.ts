import type { compileFailure, Failure, Place, Result } from '@prism-build/errors';
import type { Reading, ReadingRequest, SourceReader } from './closure';
import type { Pin } from './pin';
import type { Recognised, Target } from './recognised';

export type { Recognised, Target } from './recognised';

/** Directories of one compile; all absolute. */
export interface CompileDirectories {
  /** The tree that the COPY lines create, laid out as in the stage. */
  readonly source: string;
  /** WORKDIR of the RUN line, inside `source`. */
  readonly working: string;
  /** The compiler's cache and the fetched dependencies; persistent, safe to delete. */
  readonly cache: string;
  readonly home: string;
  /** Private to this run; empty at the start. */
  readonly scratch: string;
}

export interface CompileRequest {
  readonly recognised: Recognised;
  readonly targets: readonly Target[];
  readonly directories: CompileDirectories;
  readonly toolchain: Toolchain;
  /** Pinned compilers of other languages by name, as `companions` requests. */
  readonly companions?: Readonly<Record<string, Toolchain>>;
  /** ENV and ARG of the stage, already resolved for a target. */
  readonly environment: (target: Target) => Readonly<Record<string, string>>;
  /** Whether the tree of sources has this file; absolute, inside `source`. */
  readonly contains: (path: string) => boolean;
  /** The text of a file of the tree, by its absolute path inside `source`. */
  readonly text: (path: string) => string | undefined;
  /** The version of the compiler in the pin. */
  readonly version: string;
  /** Cores of the machine, shared by all calls. */
  readonly cores: number;
  /** The directory for a target's /out. */
  readonly out: (target: Target) => string;
  /** Whether the compiler replaces `source` in the paths that it writes into programs. */
  readonly remapsSource: boolean;
  /** For the dev loop: what is compiled stays on this machine, and no other project's cache has a part in it. */
  readonly development?: boolean;
}

/** Input for the checks before a compile: everything in the stage that the fixed environment would override. */
export interface CheckRequest extends ReadingRequest {
  readonly pin: Pin;
  /** The RUN line: the place of failures that no file of the tree explains better. */
  readonly at: Place;
  /** The ENV or ARG line that sets a variable. */
  readonly setAt?: (variable: string) => Place;
}

export interface CheckedSources extends SourceReader {
  /** The workspace path of a path in the stage's tree, for failures. */
  readonly placeOf: (path: string) => string;
}

/** The cause of a failed call, derived from the tool's output. */
export interface Explanation {
  readonly code: Parameters<typeof compileFailure>[0];
  readonly what: string;
  readonly remedy?: string;
}

/** Calls of the language's own tool that list what a program consists of. */
export interface Inspection {
  /** What the answers depend on, in addition to the lockfiles, the pin and the targets. */
  readonly subject: readonly string[];
  readonly calls: readonly CompilerCall[];
  /** Notes for the user, one sentence each, from the calls' output. */
  readonly judge: (outputs: readonly string[]) => readonly string[];
}

/** One process; the environment is complete, nothing is inherited. */
export interface CompilerCall {
  readonly argv: readonly [string, ...string[]];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** The whole standard input: our own program, for languages without a suitable tool. */
  readonly input?: string;
}

/** A file that a call writes outside /out and that is then moved into it. */
export interface Placement {
  readonly from: string;
  readonly to: string;
}

/** What is done to the results once the compilers have run. */
interface Finishing {
  /** Written first; absolute paths, private to the run. */
  readonly files: readonly { readonly path: string; readonly bytes: Uint8Array }[];
  /** May run in parallel, and need no network. */
  readonly calls: readonly CompilerCall[];
}

/** Where the pinned compiler was found. */
export interface Toolchain {
  readonly command: string;
  readonly root: string;
}

/** How a toolchain is fetched: a call that may use the network, and the files that are made executable afterwards. */
export interface Obtaining {
  readonly call: CompilerCall;
  /** Directories, absolute. */
  readonly executable: readonly string[];
  /** Settings of the caller that determine where it is fetched from. */
  readonly inherits: readonly string[];
}

/** The parts of the machine that a toolchain search may read; tests pass a small value. */
export interface Machine {
  /** Directories of PATH, in order. */
  readonly path: readonly string[];
  readonly readText: (path: string) => string | undefined;
  readonly isExecutable: (path: string) => boolean;
  readonly realPath: (path: string) => string;
}

/** The files of a compile's tree, by paths relative to its root. */
export interface CompiledSources {
  /** Files and links by path, with their content. */
  readonly digests: ReadonlyMap<string, string>;
  readonly text: (path: string) => string | undefined;
}

/**
 * A cache that compiles of several projects and clones share, for a tool that judges freshness by time. It contains
 * units: `<folder>/.fingerprint/<package>-<hash>` describes each unit's inputs.
 */
export interface SharedUnits {
  /** All folders in which a compile may find units; absolute. */
  readonly folders: readonly string[];
  /** For each package of the tree: all possible inputs of its units, as text. Other packages never change. */
  readonly contents: ReadonlyMap<string, string>;
  /** The units that a call used, parsed from its standard output. */
  readonly listUsed: (stdout: string) => readonly UsedUnit[];
}

export interface UsedUnit {
  readonly folder: string;
  readonly package: string;
  /** The hash in the unit's name. Absent if the tool does not print it; then every unit of this `kind` counts. */
  readonly hash?: string | undefined;
  /** The prefix of its description files: `bin-server`. */
  readonly kind: string;
  /** Whether the call found it in the cache instead of compiling it. */
  readonly fresh: boolean;
}

/** Recognises a language's commands, and reports settings that would not take effect. */
interface CommandRules {
  readonly recognise: (argv: readonly string[]) => Recognised | undefined;
  /**
   * Reports every setting of the stage or its tree that would not take effect, by name, and every toolchain that the
   * sources require and the pin does not satisfy (TOOLCHAIN_DIFFERS). Files that it reads must be parts of `reads`.
   */
  readonly check?: (request: CheckRequest, sources: CheckedSources) => readonly Failure[];
  /** The same command with the settings that compile fastest, if they differ: for a program that only its author runs. */
  readonly develop?: (recognised: Recognised) => Recognised;
}

/** What the compiler reads of the stage's tree, determined from files alone. Cache keys are derived from it. */
interface SourceRules {
  readonly reads: (request: ReadingRequest, reader: SourceReader) => Reading;
  /** Patterns for files that the compiler never reads, relative to any directory. They are in no key. */
  readonly neverRead: readonly string[];
  /** The file that marks a library's root directory, for uses that name a directory inside a library. */
  readonly manifest?: string;
}

/** How dependencies are fetched before the compiler runs. */
interface DependencyRules {
  /** Names of files that determine the dependencies; the key of a fetch is their content. */
  readonly lockfiles: readonly string[];
  /** Paths of further such files that the command names. */
  readonly locks?: (request: ReadingRequest, reader: SourceReader) => readonly string[];
  /** The directory of fetched dependencies, below the cache. If it is deleted, they are fetched again. */
  readonly directory: string;
  /** Calls that may use the network and fetch what the lockfiles name into the cache. */
  readonly fetch: (request: CompileRequest) => readonly CompilerCall[];
  /** Settings of the caller that determine where packages come from, never what is built. */
  readonly inherits: readonly string[];
}

/** Directories of the machine that a compiler may write into programs, which would then differ in another clone. */
export interface MachinePaths {
  readonly list: (request: CompileRequest) => readonly string[];
  /** The place in the sources that asks for such a path, and its text. */
  readonly findCause: (
    sources: CompiledSources,
  ) => { readonly path: string; readonly line: number; readonly written: string } | undefined;
}

/** How the compiler is called, and where its results are. */
interface CompilerRules {
  /** Calls that may run in parallel and need no network. */
  readonly compile: (request: CompileRequest) => readonly CompilerCall[];
  readonly placements?: (request: CompileRequest) => readonly Placement[];
  /** Adds to the placed results what only the compilers' standard output tells. */
  readonly finish?: (request: CompileRequest, stdout: string) => Finishing;
  /** The units in a shared cache, if the compiler judges their freshness by time. */
  readonly units?: (request: CompileRequest, sources: CompiledSources) => SharedUnits;
  /** Paths of the machine in programs, if the compiler may write them. */
  readonly machinePaths?: MachinePaths;
  /** Languages whose pinned compilers this one calls, by ENV and ARG of a stage. Their pins also affect bytes. */
  readonly companions?: (environment: Readonly<Record<string, string>>) => readonly string[];
}

/** Interprets the output of the tools. */
interface Diagnosis {
  /** The cause of a failed fetch or compile; undefined if only the tool's own output explains it. */
  readonly explain?: (output: string, step: 'fetch' | 'compile') => Explanation | undefined;
  /**
   * Whether, judging by the compiler's output, a failed compile may lack files that its narrowed tree left out. If
   * so, it is tried again with everything that COPY takes. Absent: always possible.
   */
  readonly mayLack?: (output: string) => boolean;
  /** Notes about dependencies that are not errors, available once they are fetched. */
  readonly inspect?: (
    check: CheckRequest,
    sources: CheckedSources,
    request: CompileRequest,
  ) => Inspection | undefined;
}

/** The pinned compiler: its default pin, and where it is found. */
interface ToolchainRules {
  /** The directory of the builder base below containerfiles/, and its pin in this version of the plugin. */
  readonly builder: string;
  readonly shipped: Pin;
  /** Registry repositories whose tags are versions of the compiler: `golang`. */
  readonly images: readonly string[];
  readonly find: (pin: Pin, machine: Machine, cache: string) => Result<Toolchain>;
  /** Fetches the pinned toolchain into the place that `find` searches, if a tool on the machine can do it. */
  readonly obtain?: (pin: Pin, machine: Machine, cache: string) => Obtaining | undefined;
}

/** Everything that the compile executor knows of a language: a plain object, no class. */
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
