import type { ExecutorContext } from '@nx/devkit';
import { type AuditRecord, findLastGood, listNamed, verifyLog } from '@prism-build/audit';
import { failed, ok, promoteFailure, type Result } from '@prism-build/errors';
import { type Digest, digestOf } from '@prism-build/oci';
import { formatReference, type Reference, readManifest } from '@prism-build/registry';
import { directoriesOf } from '@prism-build/workspace';
import { parseTarget } from '../../promotion/places';
import { release } from '../../promotion/release';
import { withSides } from '../../promotion/withSides';
import { type Reach, reachOf } from '../../signing/reach';
import { readReceipt } from '../push-manifest/receiptFile';
import type { ScanShared } from '../scan/scanStep';
import type { RollbackOptions } from './options';

/** Points a tag back to an earlier image of the same repository. */
export async function rollbackStep(
  project: string,
  options: RollbackOptions,
  context: ExecutorContext,
  shared: ScanShared,
): Promise<Result<string>> {
  const { variant, key, force, reason, dryRun, json } = options;
  if (force && reason === undefined) {
    const what = 'the option `force` of rollback is set without a reason';
    return failed(promoteFailure('ROLLBACK_REASON_MISSING', { what }));
  }
  const target = findTag(project, options, context);
  if (!target.ok) return target;
  const to = target.value;
  const reach = reachOf(context.root, options);
  const digest = options.to === undefined ? await findEarlier(to, reach, context) : ok(options.to as Digest);
  if (!digest.ok) return digest;
  const { registry, repository } = to;
  const released = await release(
    {
      ...{ event: 'rollback', project, variant, from: { registry, repository, digest: digest.value }, to },
      // An older image may lack a platform that was added since.
      ...{ platforms: [], sign: undefined, key, dryRun, overrule: force ? reason : undefined },
    },
    reach,
    context,
    shared,
  );
  if (!released.ok) return released;
  const before = released.value.pushed?.before.get(to.tag);
  const name = formatReference(to);
  if (json)
    return ok(`${JSON.stringify({ tag: name, digest: digest.value, before: before ?? null, dryRun })}\n`);
  return ok(`  ${name}  ${before ?? '(now)'} → ${digest.value}${dryRun ? '  (dry run)' : ''}\n`);
}

/** The tag that the options name. Failure: PROMOTE_PLACE_INVALID. */
function findTag(
  project: string,
  { tag, variant }: RollbackOptions,
  { root }: ExecutorContext,
): Result<Reference & { readonly tag: string }> {
  const receipt = readReceipt(root, project, variant);
  if (receipt || !tag.startsWith(':'))
    return parseTarget('tag', tag, receipt ?? { registry: '', repository: '' });
  const what = `--tag=${tag} names a tag of the repository of the last push, and dist/push has no receipt of one`;
  return failed(promoteFailure('PROMOTE_PLACE_INVALID', { what }));
}

/** The last good image of a tag. Failures: ROLLBACK_NONE, AUDIT_DAMAGED, PUSH_…. */
async function findEarlier(
  to: Reference & { readonly tag: string },
  reach: Reach,
  { root }: ExecutorContext,
): Promise<Result<Digest>> {
  const records: AuditRecord[] = [];
  const log = await verifyLog(directoriesOf(root, process.env).audit, [], (record) => records.push(record));
  if (!log.ok) return log;
  // What a changed log says is no reason to move a tag.
  if (log.value.failures.length > 0) return failed(...log.value.failures);
  const place = { registry: to.registry, repository: to.repository };
  const now = await withSides(place, place, reach, (side) => readManifest(side.tools, to));
  if (!now.ok) return now;
  const found = findLastGood(listNamed(records, to), digestOf(now.value));
  if (found) return ok(found.digest as Digest);
  const what = `no earlier image of ${formatReference(to)} is on record`;
  return failed(promoteFailure('ROLLBACK_NONE', { what }));
}
