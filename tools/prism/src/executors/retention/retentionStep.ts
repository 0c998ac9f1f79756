import type { ExecutorContext } from '@nx/devkit';
import { failed, ok, type Result } from '@prism-build/errors';
import {
  planRetention,
  type RepositoryTools,
  type RetentionRules,
  readRepository,
  removeManifests,
  retentionCalls,
  type StoredManifest,
} from '@prism-build/registry';
import { imageKey } from '@prism-build/workspace';
import { listCauses, recordAudit } from '../../nx/recordAudit';
import { withSides } from '../../promotion/withSides';
import { reachOf } from '../../signing/reach';
import { findNeeded, findRepository, readReleases } from './findNeeded';
import type { RetentionOptions } from './options';
import { printRetention } from './printRetention';

const DAY = 86_400_000;

/** Lists what a registry may delete, and deletes it if that is asked for. */
export async function retentionStep(
  project: string,
  options: RetentionOptions,
  context: ExecutorContext,
): Promise<Result<string>> {
  const place = findRepository(project, options, context);
  if (!place.ok) return place;
  const releases = await readReleases(context.root, place.value);
  if (!releases.ok) return releases;
  const reach = reachOf(context.root, options);
  return withSides(place.value, place.value, reach, async ({ tools, connection }) => {
    const { times } = releases.value;
    const repository = { tools, calls: retentionCalls(connection), place: place.value, times };
    const stored = await readRepository(repository);
    if (!stored.ok) return stored;
    const rules: RetentionRules = {
      ...{ last: options.keepLast, since: Date.now() - options.keepDays * DAY, tags: options.keepTags },
      digests: findNeeded(context.root, releases.value, stored.value, place.value),
    };
    const plan = planRetention(stored.value, rules);
    const removed = options.delete
      ? await remove(project, options, context, repository, plan.remove, rules)
      : ok([]);
    if (!removed.ok) return removed;
    return ok(printRetention(place.value, plan, options, removed.value));
  });
}

/** Deletes manifests, and records each of them. */
async function remove(
  project: string,
  { variant }: RetentionOptions,
  { root }: ExecutorContext,
  repository: RepositoryTools,
  planned: readonly StoredManifest[],
  rules: RetentionRules,
): Promise<Result<readonly StoredManifest[]>> {
  if (planned.length === 0) return ok([]);
  const { registry, repository: path } = repository.place;
  const details = { registry, repository: path };
  const subject = { name: imageKey(project, variant) };
  const removed = await removeManifests(repository, planned, rules, ({ digest, tags }) =>
    recordAudit(root, [
      {
        ...{ event: 'remove', outcome: 'done', causes: [] },
        subject: { ...subject, digest },
        details: { ...details, tags: tags.join(' ') },
      },
    ]),
  );
  if (removed.ok) return removed;
  const causes = listCauses(removed.failures);
  const recorded = await recordAudit(root, [
    { event: 'remove', outcome: 'failed', subject, causes, details },
  ]);
  return recorded.ok ? removed : failed(...removed.failures, ...recorded.failures);
}
