import { join } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { type AuditRecord, findLastGood, listNamed, listReleases, verifyLog } from '@prism-build/audit';
import { failed, ok, promoteFailure, type Result } from '@prism-build/errors';
import { type Destination, parseDestination, type StoredManifest } from '@prism-build/registry';
import { directoriesOf, imageKey } from '@prism-build/workspace';
import glob from 'fast-glob';
import { readReceipt, readReceiptFile } from '../push-manifest/receiptFile';
import type { RetentionOptions } from './options';

/** What the audit log says about a repository. */
interface Releases extends ReturnType<typeof listReleases> {
  readonly records: readonly AuditRecord[];
}

/** The repository that the options name, or that was pushed to last. */
export function findRepository(
  project: string,
  { repository, variant }: RetentionOptions,
  { root }: ExecutorContext,
): Result<Destination> {
  if (repository !== undefined) {
    const [registry = '', ...path] = repository.split('/');
    return parseDestination(registry, path.join('/'));
  }
  const receipt = readReceipt(root, project, variant);
  if (receipt) return ok({ registry: receipt.registry, repository: receipt.repository });
  const what = `${imageKey(project, variant)} was not pushed from here, and the option \`repository\` is not set`;
  const remedy = 'Name the repository: --repository=registry.example/team/api.';
  return failed(promoteFailure('PROMOTE_FROM_MISSING', { what, remedy }));
}

/** Failures: AUDIT_DAMAGED, because a changed log must not decide what goes. */
export async function readReleases(root: string, place: Destination): Promise<Result<Releases>> {
  const records: AuditRecord[] = [];
  const log = await verifyLog(directoriesOf(root, process.env).audit, [], (record) => records.push(record));
  if (!log.ok) return log;
  if (log.value.failures.length > 0) return failed(...log.value.failures);
  return ok({ records, ...listReleases(records, place) });
}

/** Digests that receipts name, and those that a roll-back of a tag would go to, with the reason. */
export function findNeeded(
  root: string,
  { records, tags }: Releases,
  stored: readonly StoredManifest[],
  place: Destination,
): ReadonlyMap<string, string> {
  const needed = new Map<string, string>();
  for (const tag of tags) {
    const now = stored.find((one) => one.tags.includes(tag))?.digest;
    const good = now && findLastGood(listNamed(records, { ...place, tag }), now);
    if (good) needed.set(good.digest, `roll-back of ${tag}`);
  }
  for (const file of glob.sync('dist/{push,promote}/**/receipt.json', { cwd: root })) {
    const receipt = readReceiptFile(join(root, file));
    if (receipt?.registry !== place.registry || receipt.repository !== place.repository) continue;
    needed.set(receipt.digest, file);
    for (const digest of Object.values(receipt.platforms)) needed.set(digest, file);
  }
  return needed;
}
