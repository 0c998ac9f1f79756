import type { Result } from '@prism-build/errors';

/** Access to the files of a workspace, to find programs. Paths are relative to it. */
export interface Sources {
  readonly read: (path: string) => string | undefined;
  /** Files below a directory, sorted; without installed packages and build outputs. */
  readonly list: (directory: string) => readonly string[];
}

/** A program that was found, and the needs of its image. */
export interface Program {
  readonly language: string;
  /** The context of the build, relative to the workspace. */
  readonly context: string;
  /** Instructions before the final stage; empty if nothing is compiled. */
  readonly stages: readonly string[];
  /** The final stage, without USER, EXPOSE and ENTRYPOINT. */
  readonly final: readonly string[];
  readonly entrypoint: readonly string[];
  readonly ports: readonly number[];
  /** Files that belong to it, besides the Containerfile. */
  readonly files: ReadonlyMap<string, string>;
  /** Notes for the user about what the generator cannot know or do. */
  readonly notes: readonly string[];
  /** Commands that come before the first build. */
  readonly next: readonly string[];
}

export interface Request {
  readonly sources: Sources;
  readonly directory: string;
  readonly main: string | undefined;
  /** The default working directory: WORKDIR of an existing Dockerfile, or `/`. */
  readonly working: string;
  /** Of the names of local images. */
  readonly prefix: string;
}

/** Finds a program of one language; undefined if the directory has none. */
export type Finder = (request: Request) => Result<Program> | undefined;
