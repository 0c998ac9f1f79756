import type { Origin, ResolvedStage } from './resolved';

/** Indexes of the stages that `target` needs to be built, itself last; each comes after what it needs. */
export function stageClosure(stages: readonly ResolvedStage[], target: number): number[] {
  const needed = new Set<number>();
  const visit = (index: number): void => {
    const stage = stages[index];
    if (stage === undefined || needed.has(index)) return;
    needed.add(index);
    listNeeds(stage).forEach(visit);
  };
  visit(target);
  return [...needed].sort((a, b) => a - b);
}

/** The stages that one stage names itself. */
export function listNeeds({ base, instructions }: ResolvedStage): number[] {
  const index = (origin: Origin) => (origin.kind === 'stage' ? [origin.index] : []);
  return [
    ...(base.kind === 'stage' ? [base.index] : []),
    ...instructions.flatMap((each) => {
      if (each.keyword === 'COPY') return index(each.from);
      return each.keyword === 'RUN' ? each.mounts.flatMap(({ origin }) => index(origin)) : [];
    }),
  ];
}
