import { posix } from 'node:path';
import type { StatedSettings } from './settings';

/** The context that a file states for a Containerfile. */
export interface StatedContext {
  /** The Containerfile, relative to the workspace. */
  readonly containerfile: string;
  /** Relative to the workspace; `.` is the workspace. */
  readonly context: string;
  /** The file, and the place in it: `compose.yaml, service api`. */
  readonly why: string;
  /** The file that states it, and the place in it. */
  readonly source: string;
  readonly name: string;
  readonly settings: StatedSettings;
}

/** A build as a file describes it, with paths as written there. */
export interface StatedBuild {
  readonly name: string;
  readonly context: string;
  readonly containerfile: string | undefined;
  /** Base of a relative Containerfile path: the context in Compose and Bake, the working directory of a command. */
  readonly from: 'context' | 'directory';
  /** Where a command runs after its `cd`, relative to where it starts; absent without one. */
  readonly directory?: string | undefined;
  readonly settings: StatedSettings;
}

/**
 * @param start base of relative paths, relative to the workspace
 * @param source the file that describes the build
 */
export function resolveBuild(build: StatedBuild, start: string, source: string): StatedContext[] {
  const { containerfile = 'Dockerfile', from, name, settings } = build;
  const directory = posix.join(start, build.directory ?? '.');
  // Variables, remote contexts and absolute paths cannot be mapped to this workspace.
  if ([build.context, containerfile].some((path) => /^\/|\$|:/.test(path))) return [];
  const context = posix.join(directory, build.context).replace(/(.)\/$/, '$1');
  const file = posix.join(from === 'context' ? context : directory, containerfile);
  if (context.startsWith('..') || file.startsWith('..')) return [];
  return [{ containerfile: file, context, why: `${source}, ${name}`, source, name, settings }];
}
