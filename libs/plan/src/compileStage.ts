import type { ResolvedStage } from '@prism-build/containerfile';

/** The name that makes a stage the `compile` target of its project, when a language recognises what it runs. */
export const compileStageName = 'compile';

/** Index of the compile stage among resolved stages; -1 when there is none. */
export function findCompileStage(stages: readonly Pick<ResolvedStage, 'index' | 'name'>[]): number {
  return stages.find(({ name }) => name === compileStageName)?.index ?? -1;
}
