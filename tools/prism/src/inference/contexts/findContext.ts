import { posix } from 'node:path';
import { type Failure, imageFailure } from '@prism-build/errors';
import type { StatedContext } from './stated';

/** A path as a COPY names it, relative to its context. */
export interface Wanted {
  readonly path: string;
  readonly line: number;
}

/** How certain it is that a path of the workspace exists when the image is built; 0: unknown. */
export type Presence = (path: string) => 0 | 1 | 2 | 3;

type Stated = Pick<StatedContext, 'context' | 'why'>;

export interface ContextRequest {
  readonly file: string;
  /** The Containerfile's directory: the default context. */
  readonly directory: string;
  /** The context that an option sets. */
  readonly declared: string | undefined;
  /** Contexts that other files state for this Containerfile. */
  readonly stated: readonly Stated[];
  readonly wanted: readonly Wanted[];
}

export interface FoundContext {
  readonly context: string;
  /** Why it is the context; absent if an option sets it or it is the Containerfile's directory. */
  readonly reason?: string;
  /** What the user must decide with the option. */
  readonly failures: readonly Failure[];
}

/**
 * The build context of a Containerfile: from an option; else from a Compose file, a Bake file or a command of a target;
 * else the workspace root if all sources are there and not beside the Containerfile.
 */
export function findContext(request: ContextRequest, presence: Presence): FoundContext {
  const { file, directory, declared, stated, wanted } = request;
  if (declared !== undefined) return { context: declared, failures: [] };
  const contexts = [...new Set(stated.map(({ context }) => context))];
  if (contexts.length === 1) {
    const [context] = contexts as [string];
    return context === directory ? beside(directory) : { context, reason: stated[0]!.why, failures: [] };
  }
  const named = wanted.filter(({ path }) => path !== '.' && path !== '');
  const surest = (context: string): number => surenessOf(named, context, presence);
  if (contexts.length > 1) return { context: directory, failures: [refuseStated(file, stated)] };
  if (named.length === 0 || directory === '.') return beside(directory);
  const here = surest(directory);
  // The highest certainty, and the usual case: the workspace root is not checked.
  if (here === 3) return beside(directory);
  const root = surest('.');
  if (root > here) {
    const verb = named.length > 1 ? 'are' : 'is';
    return {
      context: '.',
      reason: `${listPaths(named)} ${verb} ${root > 1 ? '' : 'named from '}there`,
      failures: [],
    };
  }
  if (here > 0) return beside(directory);
  const lost = named.filter(({ path }) => presence(posix.join(directory, path)) === 0);
  const found = lost.filter(({ path }) => presence(path) > 0);
  // Some are here and some there: no context has them all.
  return { context: directory, failures: found.map((one) => refuseMixed(one, request)) };
}

const beside = (directory: string): FoundContext => ({ context: directory, failures: [] });

function surenessOf(wanted: readonly Wanted[], context: string, presence: Presence): number {
  return Math.min(...wanted.map(({ path }) => presence(posix.join(context, path))));
}

function listPaths(wanted: readonly Wanted[]): string {
  const paths = [...new Set(wanted.map(({ path }) => path))];
  return paths.length > 2
    ? `${paths.slice(0, 2).join(', ')} and ${paths.length - 2} more`
    : paths.join(' and ');
}

function refuseStated(file: string, stated: readonly Stated[]): Failure {
  const said = stated.map(({ context, why }) => `${context} (${why})`).join(', ');
  const what = `files of this workspace name several contexts for it: ${said}`;
  const remedy = `Choose one: "context": "${stated[0]!.context}" in the options of build-image, in project.json or package.json of this project.`;
  return imageFailure('CONTEXT_UNDECIDED', { what, remedy, at: { file } });
}

/** Says that a source lies in the workspace root, and names the option that makes it the context. */
export function refuseMixed(
  { path, line }: Wanted,
  { file, directory }: Pick<ContextRequest, 'file' | 'directory'>,
): Failure {
  const what = `COPY source ${path} does not exist in context ${directory}. It exists in the workspace root`;
  const remedy = `Set "context": "." in the options of build-image, in project.json or package.json of this project, and write all sources relative to it.`;
  return imageFailure('COPY_SOURCE_MISSING', { what, remedy, at: { file, line } });
}
