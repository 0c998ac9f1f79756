import {
  type Origin,
  type ResolvedAdd,
  type ResolvedCopy,
  readMode,
  type Source,
} from '@prism-build/containerfile';
import {
  type Failure,
  failed,
  failuresOf,
  imageFailure,
  ok,
  type Place,
  type Result,
} from '@prism-build/errors';
import type { CopyStep } from './imagePlan';
import { joinAbsolute } from './paths';
import type { CopySource, PlannedImage } from './source';

/** Possible meanings of `--from` other than a stage of the file. */
interface CopyOrigins {
  /** Index of the compile stage, whose tree the compile target makes; -1: there is none. */
  readonly compile: number;
  /** Named build contexts that stand beside the Containerfile. */
  readonly contexts: readonly string[];
  readonly image: (name: string, at: Place) => Result<PlannedImage>;
}

/** Finds the source that `--from` of a copy or a mount names. */
export type FindSource = (from: Origin, at: Place) => Result<CopySource>;

/** Plans COPY or ADD as a step. Reports everything that cannot be assembled natively. */
export function planCopy(
  instruction: ResolvedCopy | ResolvedAdd,
  at: Place,
  workdir: string,
  find: FindSource,
): Result<CopyStep> {
  const { line, text, heredocs } = instruction;
  const sources = instruction.sources.flatMap((source) =>
    source.kind === 'path' ? [printSource(source)] : [],
  );
  // As in both engines, a flag whose variable is empty counts as absent.
  const mode = instruction.chmod || undefined;
  const owner = instruction.chown || undefined;
  const from = copySource(instruction, at, find);
  const failures = [
    ...refuseRemote(instruction, at),
    ...refuseMode(mode, at),
    ...refuseAddFlags(instruction, at),
    ...failuresOf(from),
  ];
  if (!from.ok || failures.length > 0) return failed(...failures);
  return ok({
    op: 'copy',
    line,
    text,
    from: from.value,
    sources: [...sources, ...heredocs.map(({ name }) => name)],
    destination: joinAbsolute(workdir, instruction.destination),
    owner,
    mode,
    unpack: instruction.keyword === 'ADD' && instruction.unpack !== false,
    parents: instruction.keyword === 'COPY' && instruction.parents,
    exclude: instruction.exclude,
    ...(instruction.link && { link: true }),
  });
}

/** Keeps the pivot of --parents as `/./`. */
function printSource({ path, parents }: Extract<Source, { kind: 'path' }>): string {
  if (!parents) return path === '.' ? '' : path;
  const { pivot, pattern } = parents;
  return pivot === '.' ? (pattern === '.' ? '' : pattern) : `${pivot}/./${pattern}`;
}

function refuseRemote({ sources }: ResolvedCopy | ResolvedAdd, at: Place): Failure[] {
  return sources.flatMap((source) => {
    if (source.kind === 'path') return [];
    return [imageFailure('ADD_REMOTE', { what: `ADD of ${source.url} reads the network`, at })];
  });
}

function refuseMode(mode: string | undefined, at: Place): Failure[] {
  if (mode === undefined || readMode(mode) !== undefined) return [];
  return [imageFailure('COPY_MODE_INVALID', { what: `--chmod=${mode} is not a mode`, at })];
}

/** Refuses flags that only apply to remote sources of ADD. */
function refuseAddFlags(instruction: ResolvedCopy | ResolvedAdd, at: Place): Failure[] {
  if (instruction.keyword !== 'ADD') return [];
  const refuse = (flag: string, kind: string) =>
    imageFailure('ADD_REMOTE', {
      what: `--${flag} of ADD is for ${kind}`,
      remedy: `Remove --${flag}: sources from the context need none, their contents are in the key.`,
      at,
    });
  return [
    ...(instruction.checksum ? [refuse('checksum', 'what is fetched from the network')] : []),
    ...(instruction.keepGitDir ? [refuse('keep-git-dir', 'git repositories')] : []),
  ];
}

function copySource(
  instruction: ResolvedCopy | ResolvedAdd,
  at: Place,
  find: FindSource,
): Result<CopySource> {
  const { heredocs } = instruction;
  if (heredocs.length > 0) {
    if (instruction.sources.length > 0) {
      const what = 'files written inline and files of the context in one instruction';
      return failed(imageFailure('COPY_MIXED', { what, at }));
    }
    return ok({ kind: 'inline', files: heredocs.map(({ name, content }) => ({ name, content })) });
  }
  return instruction.keyword === 'ADD' ? ok({ kind: 'context' }) : find(instruction.from, at);
}

/** The source that `--from` of a copy or a mount names. */
export function findSource(from: Origin, at: Place, origins: CopyOrigins): Result<CopySource> {
  if (from.kind === 'context') return ok({ kind: 'context' });
  if (from.kind === 'stage')
    return ok(from.index === origins.compile ? { kind: 'compile' } : { kind: 'stage', index: from.index });
  if (from.name === 'rootfs' && origins.contexts.includes(from.name)) return ok({ kind: 'rootfs' });
  const image = origins.image(from.name, at);
  return image.ok ? ok({ kind: 'image', image: image.value }) : image;
}
