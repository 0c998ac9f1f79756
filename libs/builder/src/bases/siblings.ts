import type { Failure, Result } from '@prism-build/errors';
import type { BuildOptions } from '../options';

/** The other components of the workspace, as a step that starts from their images needs them. */
export interface Siblings {
  /** Options of a component's build-image target, or of that of a variant. */
  readonly optionsOf: (project: string, variant?: string) => Result<BuildOptions>;
  /** The variants of a component's image. */
  readonly variantsOf: (project: string) => readonly string[];
  /** Builds an image again in process, and puts it where the altered one came from. */
  readonly rebuild: (project: string, failures: readonly Failure[]) => Promise<Result<void>>;
}

/**
 * The components whose images an image is made of, nearest first, itself not among them unless it is made of
 * itself: then it is the last.
 */
export function listSiblings(project: string, options: BuildOptions, siblings: Siblings): string[] {
  const found = new Set<string>();
  const visit = (bases: BuildOptions['bases']): void => {
    for (const name of Object.values(bases)) {
      if (found.has(name)) continue;
      found.add(name);
      const next = name === project ? undefined : siblings.optionsOf(name);
      if (next?.ok) visit(next.value.bases);
    }
  };
  visit(options.bases);
  if (found.delete(project)) found.add(project);
  return [...found];
}
