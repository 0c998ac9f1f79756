import type { ResolvedAdd, ResolvedCopy } from '@prism-build/containerfile';
import { type Failure, imageFailure, type Place } from '@prism-build/errors';
import type { CopySource, CopyStep } from './imagePlan';
import { joinAbsolute } from './paths';

/** What names besides those of stages stand for: the index of the compile stage, and named contexts. */
export interface Stands {
  readonly compile: number;
  readonly contexts: readonly string[];
}

/** COPY or ADD as a step; reports what cannot be assembled natively. */
export function planCopy(
  instruction: ResolvedCopy | ResolvedAdd,
  at: Place,
  workdir: string,
  stands: Stands,
  failures: Failure[],
): CopyStep {
  const { line, text, heredocs } = instruction;
  const sources = instruction.sources.flatMap((source) => {
    if (source.kind === 'path') return [source.path === '.' ? '' : source.path];
    failures.push(imageFailure('ADD_REMOTE', { what: `ADD of ${source.url} reads the network`, at }));
    return [];
  });
  const mode = instruction.chmod;
  if (mode !== undefined && !/^[0-7]{1,4}$/.test(mode)) {
    const what = `--chmod=${mode} is not an octal mode`;
    failures.push(imageFailure('COPY_MODE_INVALID', { what, at }));
  }
  return {
    op: 'copy',
    line,
    text,
    from: copySource(instruction, at, stands, failures),
    sources: [...sources, ...heredocs.map(({ name }) => name)],
    destination: joinAbsolute(workdir, instruction.destination),
    owner: instruction.chown,
    mode,
    unpack: instruction.keyword === 'ADD',
    parents: instruction.keyword === 'COPY' && instruction.parents,
    exclude: instruction.exclude,
  };
}

function copySource(
  instruction: ResolvedCopy | ResolvedAdd,
  at: Place,
  { compile, contexts }: Stands,
  failures: Failure[],
): CopySource {
  const { heredocs } = instruction;
  if (heredocs.length > 0) {
    if (instruction.sources.length > 0) {
      const what = 'files written inline and files of the context in one instruction';
      failures.push(
        imageFailure('INSTRUCTION_NEEDS_ENGINE', { what, at, remedy: 'Use an instruction for each.' }),
      );
    }
    return { kind: 'inline', files: heredocs.map(({ name, content }) => ({ name, content })) };
  }
  if (instruction.keyword === 'ADD') return { kind: 'context' };
  const { from } = instruction;
  if (from.kind === 'stage')
    return from.index === compile ? { kind: 'compile' } : { kind: 'stage', index: from.index };
  if (from.kind === 'name' && from.name === 'rootfs' && contexts.includes(from.name))
    return { kind: 'rootfs' };
  if (from.kind === 'name') {
    failures.push(
      imageFailure('BASE_NOT_SUPPORTED', {
        what: `COPY --from=${from.name} names an image or a build context`,
        at,
      }),
    );
  }
  return { kind: 'context' };
}
