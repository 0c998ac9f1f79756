import { failed, ok, type Result } from '@prism-build/errors';
import { hasRun, resolveReads } from '@prism-build/plan';
import { listSiblings, type Siblings } from '../bases/siblings';
import type { BuildOptions } from '../options';
import { readRequest } from '../request';

/**
 * The projects for whose images an engine executes RUN commands: the project itself, and those whose images it is made of. What a
 * command makes may differ from build to build; everything else follows from the sources. Failures: those of reading the Containerfile.
 */
export function findRuns(
  root: string,
  project: string,
  options: BuildOptions,
  siblings: Siblings,
): Result<readonly string[]> {
  const found: string[] = [];
  for (const name of new Set([project, ...listSiblings(project, options, siblings)])) {
    const its = name === project ? ok(options) : siblings.optionsOf(name);
    if (!its.ok) return its;
    const request = readRequest(root, its.value);
    if (!request.ok) return request;
    const { image } = resolveReads(request.value);
    if (!image.ok) return failed(...image.failures);
    if (hasRun(image.value)) found.push(name);
  }
  return ok(found);
}
