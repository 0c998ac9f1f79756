import type { Failure, Result } from '@prism-build/errors';
import type { BuildOptions } from '../options';

/** Access to the other components of the workspace, for a step whose image has theirs as a base. */
export interface Siblings {
  /** Options of a component's build-image target, or of its target for a variant. */
  readonly optionsOf: (project: string, variant?: string) => Result<BuildOptions>;
  /** The variants of a component's image. */
  readonly variantsOf: (project: string) => readonly string[];
  /** Rebuilds an image in this process, and replaces the altered entry of the build cache. */
  readonly rebuild: (project: string, failures: readonly Failure[]) => Promise<Result<void>>;
}

/**
 * The components whose images are bases of an image, directly or indirectly, nearest first. Contains the image's own
 * project only if there is a cycle; it is then the last one.
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
