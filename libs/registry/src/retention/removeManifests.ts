import { failed, ok, promoteFailure, type Result } from '@prism-build/errors';
import { callSkopeo, isMissing } from '../push/callSkopeo';
import { formatReference } from '../reference';
import { planRetention, type RetentionRules, type StoredManifest } from './planRetention';
import { type RepositoryTools, readRepository } from './readRepository';

/**
 * Deletes what a plan lists, in its order. The repository is read again first: what has got a tag or a use meanwhile stays. Each
 * deletion is recorded before the next. Returns what is gone. It stops at the first failure; the next run continues. Failures:
 * RETENTION_REFUSED, PUSH_…, those of `record`.
 */
export async function removeManifests(
  repository: RepositoryTools,
  planned: readonly StoredManifest[],
  rules: RetentionRules,
  record: (manifest: StoredManifest) => Promise<Result<unknown>>,
): Promise<Result<readonly StoredManifest[]>> {
  if (planned.length === 0) return ok([]);
  const now = await readRepository(repository);
  if (!now.ok) return now;
  const listed = new Set(planned.map(({ digest }) => digest));
  const still = planRetention(now.value, rules).remove.filter(({ digest }) => listed.has(digest));
  const { tools, calls, place } = repository;
  for (const manifest of still) {
    const image = { ...place, digest: manifest.digest };
    const done = await callSkopeo(tools, image, calls.remove(image));
    // A registry may delete by itself what an index alone led to.
    if (done.ok || isMissing(done)) {
      const recorded = await record(manifest);
      if (!recorded.ok) return failed(...recorded.failures);
      continue;
    }
    if (!done.failures.some(({ why }) => /\b405\b|unsupported/i.test(why ?? ''))) return done;
    const what = `${place.registry} does not delete ${formatReference(image)}`;
    return failed(promoteFailure('RETENTION_REFUSED', { what, why: done.failures[0]?.why }));
  }
  return ok(still);
}
