import { posix } from 'node:path';

/** What a file says of the context of a Containerfile. */
export interface StatedContext {
  /** The Containerfile, relative to the workspace. */
  readonly containerfile: string;
  /** Relative to the workspace; `.` is the workspace. */
  readonly context: string;
  /** Which file says so, and where in it: `compose.yaml, service api`. */
  readonly why: string;
}

/** A build as a file describes it, with paths as they stand there. */
export interface StatedBuild {
  readonly name: string;
  readonly context: string;
  readonly containerfile: string | undefined;
  /** Where a relative Containerfile begins: Compose and Bake begin at the context, a command where it runs. */
  readonly from: 'context' | 'directory';
}

/** @param directory what relative paths begin at, relative to the workspace */
export function resolveBuild(build: StatedBuild, directory: string, why: string): StatedContext[] {
  const { containerfile = 'Dockerfile', from } = build;
  // A variable, a remote context and an absolute path say nothing about this workspace.
  if ([build.context, containerfile].some((path) => /^\/|\$|:/.test(path))) return [];
  const context = posix.join(directory, build.context).replace(/(.)\/$/, '$1');
  const file = posix.join(from === 'context' ? context : directory, containerfile);
  if (context.startsWith('..') || file.startsWith('..')) return [];
  return [{ containerfile: file, context, why: `${why}, ${build.name}` }];
}
