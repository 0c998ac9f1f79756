import type { ExecutorContext } from '@nx/devkit';
import { failed, failuresOf, ok, pushFailure, type Result } from '@prism-build/errors';
import { listPlaceholders, makeTags, type PushPlan, parseDestination } from '@prism-build/registry';
import { imageName } from '@prism-build/workspace';
import { readSourceFacts, type SourceFacts } from '../../nx/readSourceFacts';
import type { PushOptions } from './options';

/** Where a push goes, and what the sources say. */
export interface PlannedTags extends Pick<PushPlan, 'destination' | 'tags'> {
  readonly source: SourceFacts;
}

/** Resolves repository and tags. Failures: PUSH_REGISTRY_MISSING, PUSH_REGISTRY_INVALID, PUSH_TAG_INVALID. */
export async function planTags(
  project: string,
  target: string,
  { registry, repository, tags, immutableTags, imageVersion, requireClean, variant }: PushOptions,
  { root, projectsConfigurations }: ExecutorContext,
): Promise<Result<PlannedTags>> {
  if (registry === undefined) {
    const what = `no registry is named for ${project}:${target}`;
    return failed(pushFailure('PUSH_REGISTRY_MISSING', { what }));
  }
  const name = repository ?? imageName('', project).slice('localhost/'.length);
  const destination = parseDestination(registry, name);
  const directory = projectsConfigurations?.projects[project]?.root ?? '.';
  const wanted = { placeholders: listPlaceholders(tags), version: imageVersion, changes: requireClean };
  const source = await readSourceFacts(root, directory, wanted, process.env);
  const made = makeTags(tags, source, variant, immutableTags);
  if (!destination.ok || !made.ok) return failed(...failuresOf(destination, made));
  return ok({ destination: destination.value, tags: made.value, source });
}
