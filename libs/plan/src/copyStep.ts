import {
  type Origin,
  type ResolvedAdd,
  type ResolvedCopy,
  readMode,
  type Source,
} from '@prism-build/containerfile';
import { type Failure, imageFailure, type Place } from '@prism-build/errors';
import type { CopyStep } from './imagePlan';
import { joinAbsolute } from './paths';
import type { CopySource, PlannedImage } from './source';

/** What a copy's `--from` may mean besides a stage of the file. */
export interface CopyOrigins {
  /** Index of the compile stage, whose tree is made elsewhere; -1: there is none. */
  readonly compile: number;
  /** Named build contexts that stand beside the Containerfile. */
  readonly contexts: readonly string[];
  /** The image of that name; undefined once its failure is reported. */
  readonly image: (name: string, at: Place) => PlannedImage | undefined;
}

/** COPY or ADD as a step; reports what cannot be assembled natively. */
export function planCopy(
  instruction: ResolvedCopy | ResolvedAdd,
  at: Place,
  workdir: string,
  origins: CopyOrigins,
  failures: Failure[],
): CopyStep {
  const { line, text, heredocs } = instruction;
  const sources = instruction.sources.flatMap((source) => {
    if (source.kind === 'path') return [printSource(source)];
    failures.push(imageFailure('ADD_REMOTE', { what: `ADD of ${source.url} reads the network`, at }));
    return [];
  });
  // What a variable leaves empty is as if it were not there, as in both engines.
  const mode = instruction.chmod || undefined;
  const owner = instruction.chown || undefined;
  if (mode !== undefined && readMode(mode) === undefined)
    failures.push(imageFailure('COPY_MODE_INVALID', { what: `--chmod=${mode} is no mode`, at }));
  failures.push(...refuseAddFlags(instruction, at));
  return {
    op: 'copy',
    line,
    text,
    from: copySource(instruction, at, origins, failures),
    sources: [...sources, ...heredocs.map(({ name }) => name)],
    destination: joinAbsolute(workdir, instruction.destination),
    owner,
    mode,
    unpack: instruction.keyword === 'ADD' && instruction.unpack !== false,
    parents: instruction.keyword === 'COPY' && instruction.parents,
    exclude: instruction.exclude,
    ...(instruction.link && { link: true }),
  };
}

/** The pivot of --parents stays visible as `/./`. */
function printSource({ path, parents }: Extract<Source, { kind: 'path' }>): string {
  if (!parents) return path === '.' ? '' : path;
  const { pivot, pattern } = parents;
  return pivot === '.' ? (pattern === '.' ? '' : pattern) : `${pivot}/./${pattern}`;
}

/** Flags that only mean something for what ADD would fetch, which it does not. */
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
  origins: CopyOrigins,
  failures: Failure[],
): CopySource {
  const { heredocs } = instruction;
  if (heredocs.length > 0) {
    if (instruction.sources.length > 0) {
      const what = 'files written inline and files of the context in one instruction';
      failures.push(imageFailure('COPY_MIXED', { what, at }));
    }
    return { kind: 'inline', files: heredocs.map(({ name, content }) => ({ name, content })) };
  }
  if (instruction.keyword === 'ADD') return { kind: 'context' };
  return findSource(instruction.from, at, origins);
}

/** What `--from` of a copy or a mount stands for. */
export function findSource(from: Origin, at: Place, origins: CopyOrigins): CopySource {
  if (from.kind === 'stage')
    return from.index === origins.compile ? { kind: 'compile' } : { kind: 'stage', index: from.index };
  if (from.kind === 'name' && from.name === 'rootfs' && origins.contexts.includes(from.name))
    return { kind: 'rootfs' };
  const image = from.kind === 'name' ? origins.image(from.name, at) : undefined;
  return image ? { kind: 'image', image } : { kind: 'context' };
}
