import type { ResolvedStage, Source } from './resolved';

/** Something that a stage reads from the build context, or that ADD fetches. */
export interface ContextSource {
  readonly keyword: 'COPY' | 'ADD' | 'RUN';
  readonly stage: number;
  readonly line: number;
  readonly source: Source;
  /** Patterns of --exclude. */
  readonly exclude: readonly string[];
  /** The mode that --chmod gives to copied files; mounts keep the modes of files. */
  readonly chmod: string | undefined;
}

/** Everything that the given stages read from the build context: COPY and ADD without --from, bind mounts of RUN. */
export function contextSources(stages: readonly ResolvedStage[]): ContextSource[] {
  return stages.flatMap(({ index: stage, instructions }) =>
    instructions.flatMap((each): ContextSource[] => {
      if (each.keyword === 'ADD' || (each.keyword === 'COPY' && each.from.kind === 'context')) {
        const { keyword, line, exclude, chmod } = each;
        return each.sources.map((source) => ({ keyword, stage, line, source, exclude, chmod }));
      }
      if (each.keyword !== 'RUN') return [];
      return each.mounts.flatMap(({ type, origin, source: path }): ContextSource[] => {
        if (type !== 'bind' || origin.kind !== 'context') return [];
        const source: Source = { kind: 'path', path, glob: false, directory: false };
        return [{ keyword: 'RUN', stage, line: each.line, source, exclude: [], chmod: undefined }];
      });
    }),
  );
}
