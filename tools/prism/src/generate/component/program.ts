import type { Result } from '@prism-build/errors';

/** The files of a workspace, as far as looking for programs needs them; paths are relative to it. */
export interface Sources {
  readonly read: (path: string) => string | undefined;
  /** Files below a directory, sorted; without what is installed or built. */
  readonly list: (directory: string) => readonly string[];
}

/** What a language found out about a program, and what its image needs. */
export interface Program {
  readonly language: string;
  /** The context of the build, relative to the workspace. */
  readonly context: string;
  /** Instructions in front of the final stage; empty where nothing is compiled. */
  readonly stages: readonly string[];
  /** The final stage, without USER, EXPOSE and ENTRYPOINT. */
  readonly final: readonly string[];
  readonly entrypoint: readonly string[];
  readonly ports: readonly number[];
  /** Files that belong to it, besides the Containerfile. */
  readonly files: ReadonlyMap<string, string>;
  /** What the generator cannot know or do, for people. */
  readonly notes: readonly string[];
  /** Commands that come before the first build. */
  readonly next: readonly string[];
}

export interface Request {
  readonly sources: Sources;
  readonly directory: string;
  readonly main: string | undefined;
  /** Where a program starts that has no place of its own: WORKDIR of an image that is described already, or `/`. */
  readonly working: string;
  /** Of the names of local images. */
  readonly prefix: string;
}

/** Looks for a program of one language; undefined where the directory holds none of that language. */
export type Finder = (request: Request) => Result<Program> | undefined;
